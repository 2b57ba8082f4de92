"""Tests of prior-matching runs: hidden labels, snapshots, diagnostics, warnings."""

from types import SimpleNamespace

import numpy as np
import pytest

from keras_aae.engine.loop import Progress
from keras_aae.errors import DataError, RecipeError, UnsupportedError
from keras_aae.publishing import source
from keras_aae.recipe import Recipe
from keras_aae.runs.folder import RunFolder
from keras_aae.training import runner
from keras_aae.training.build import load_data
from keras_aae.training.session import Session

TINY = {"latent_dim": 2, "hidden_units": [8], "discriminator_units": [8]}


def recipe(path, model="labeled-aae", **changes):
    classes = {"classes": 4} if model == "semi-supervised-aae" else {"components": 4}
    values = {
        "model": model, "dataset": str(path), "options": {**TINY, **classes},
        "epochs": 2, "batch_size": 8, "execution": "graph", **changes,
    }  # fmt: skip
    return Recipe(**values)


def loader_of(recipe):
    dataset = load_data(recipe)
    return runner.Training(runner.complete(recipe, dataset), dataset).loader


@pytest.mark.parametrize("model", ["labeled-aae", "semi-supervised-aae"])
def test_all_labels_but_a_few_are_hidden(model, toy_npz, toy_images):
    loader = loader_of(recipe(toy_npz, model, num_labels=8, seed=5))
    known = np.flatnonzero(loader.images.labels >= 0)
    assert len(loader.images) == 56 and len(known) == 8
    labels = loader.images.labels[known]
    np.testing.assert_array_equal(labels, toy_images[1][:56][known])
    assert np.bincount(labels).tolist() == [2, 2, 2, 2]
    block = loader.block(0, 0, 7, 7)
    shown = block["images"].labels
    assert (shown >= 0).sum() == 8 and (shown < 0).sum() == 48
    for epoch in range(3):
        x, given = (
            rows.reshape(56, -1) for rows in loader.block(epoch, 0, 7, 7)["images"]
        )
        seen = {image.tobytes() for image in x[given[:, 0] >= 0]}
        assert seen == {image.tobytes() for image in toy_images[0][known]}
    if model == "semi-supervised-aae":
        batch = block["labeled"]
        assert (batch.labels >= 0).all()
        chosen = {image.tobytes() for image in toy_images[0][known]}
        assert {image.tobytes() for step in batch.x for image in step} == chosen


@pytest.mark.parametrize(
    ("model", "options", "labels", "message"),
    [
        ("semi-supervised-aae", {"classes": 3}, None, "has 4 classes.* 3. Set classes"),
        ("supervised-aae", {"classes": 3}, None, "has 4 classes.* 3. Set classes"),
        ("labeled-aae", {"components": 3}, None, "has 4 classes.* 3. Set classes"),
        ("supervised-aae", {"classes": 4}, 8, "num_labels=8 hides labels"),
        ("conditional-vae", {"classes": 4}, 8, "num_labels=8 hides labels"),
    ],
)  # fmt: skip
def test_labels_that_a_model_cannot_take_are_refused(
    model, options, labels, message, toy_npz, tmp_path
):
    tiny = {"latent_dim": 2, "hidden_units": [8]}
    asked = recipe(toy_npz, model, options=tiny | options, num_labels=labels)
    with pytest.raises(RecipeError, match=message):
        runner.train(asked, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_validation_without_labels_is_no_part_of_the_classification(
    tmp_path, toy_images
):
    x, y = toy_images
    half = np.where(np.arange(len(y)) % 2, y, -1)
    np.savez(tmp_path / "half.npz", x_train=x, y_train=half, x_test=x, y_test=y)
    asked = recipe(tmp_path / "half.npz", "semi-supervised-aae", validation=16)
    dataset = load_data(asked)
    made = runner.Training(runner.complete(asked, dataset), dataset)
    assert 0 < len(made.validation) < 16 and (made.validation.labels >= 0).all()


def test_the_labels_that_are_kept_follow_from_the_seed(toy_npz):
    first, again, other = (
        loader_of(recipe(toy_npz, num_labels=8, seed=seed)).images.labels
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, again)
    assert (other >= 0).sum() == 8 and not np.array_equal(first, other)


def test_without_a_number_all_labels_are_used(tmp_path, toy_npz, toy_images):
    loader = loader_of(recipe(toy_npz, "semi-supervised-aae"))
    assert len(loader.labeled) == 56
    np.testing.assert_array_equal(loader.images.labels, toy_images[1][:56])
    x, y = toy_images
    half = np.where(np.arange(70) % 8 < 4, y, -1)
    np.savez(tmp_path / "half.npz", x_train=x, y_train=half, x_test=x, y_test=y)
    loader = loader_of(recipe(tmp_path / "half.npz", "semi-supervised-aae"))
    assert len(loader.images) == 70 and len(loader.labeled) == (half >= 0).sum()
    assert (loader.labeled.labels >= 0).all()
    np.savez(tmp_path / "none.npz", x_train=x, x_test=x)
    with pytest.raises(DataError, match="needs labeled images"):
        loader_of(recipe(tmp_path / "none.npz", "semi-supervised-aae"))


def test_a_run_with_a_prior_keeps_its_health_and_snapshots(toy_npz, tmp_path):
    run = runner.train(
        recipe(toy_npz, num_labels=8, validation=8, seed=4), tmp_path / "run"
    )
    first, last = run.history
    diagnostics = {
        "sliced_wasserstein", "mmd", "code_mean_0", "code_mean_1", "code_std_0",
        "code_std_1",
    }  # fmt: skip
    accuracies = {"discriminator_accuracy_codes", "discriminator_accuracy_prior"}
    checked = {f"val_{name}" for name in accuracies}
    assert diagnostics | accuracies | checked <= set(first)
    assert np.isfinite(list(last.values())).all()
    opened = source.Source.open(run.path)
    snapshots = run.snapshots
    assert list(snapshots) == [1, 2]
    assert snapshots[2].shape == (25, 8, 8, 1) and snapshots[2].dtype == np.float32
    expected = opened.model.generate(25, seed=4)
    np.testing.assert_allclose(snapshots[2], expected, atol=0.51 / 255)
    assert np.abs(snapshots[1] - snapshots[2]).max() > 1 / 255


def test_a_run_without_a_prior_keeps_none(toy_npz, tmp_path):
    options = {"latent_dim": 2, "hidden_units": [8]}
    run = runner.train(
        recipe(toy_npz, "autoencoder", options=options, epochs=1), tmp_path / "run"
    )
    assert run.snapshots == {} and not (run.path / "snapshots").exists()
    assert "mmd" not in run.history[0]


class Complaining:
    """Warn of one problem from epoch 2 on, and of another in epoch 3."""

    seed = 3

    def warnings_from(self, row):
        found = {"collapse": "the codes collapse"} if row["epoch"] >= 2 else {}
        return found | ({"won": "it wins"} if row["epoch"] == 3 else {})

    def generate(self, n, seed):
        assert seed == 3
        return np.full((n, 2, 2, 1), 0.5, "float32")


class Silent:
    seed = 0

    def warnings_from(self, row):
        return {}

    def generate(self, n, seed):
        raise UnsupportedError("no prior")


@pytest.fixture
def session(tmp_path):
    """Return the run of a model after a training without steps."""

    def run(model, epochs):
        folder = RunFolder.create(tmp_path / "run", Recipe(), {})
        warnings, progress = [], Progress()
        reporter = SimpleNamespace(epoch=lambda row: None, warn=warnings.append)
        session = Session(
            SimpleNamespace(model=model, epochs=epochs), progress, folder, reporter,
            SimpleNamespace(due=False),
        )  # fmt: skip
        for progress.epoch in range(1, epochs + 1):
            session._after_epoch({"epoch": progress.epoch})
        return folder, warnings

    return run


def test_each_kind_of_complaint_is_passed_on_once(session):
    folder, warnings = session(Complaining(), epochs=4)
    assert warnings == ["Epoch 2: the codes collapse", "Epoch 3: it wins"]
    log = (folder.path / "train.log").read_text()
    assert log.count("the codes collapse") == 1 and log.count("it wins") == 1


def test_a_silent_model_without_a_prior_leaves_nothing(session):
    folder, warnings = session(Silent(), epochs=3)
    assert warnings == [] and folder.snapshots == {}


def test_long_runs_keep_about_fifty_snapshots_with_the_first_and_the_last(session):
    folder, _ = session(Complaining(), epochs=203)
    epochs = list(folder.snapshots)
    assert epochs == sorted(epochs) and 48 <= len(epochs) <= 53
    assert epochs[0] == 1 and epochs[-1] == 203 and 100 in epochs
    np.testing.assert_allclose(folder.snapshots[1], 0.5, atol=0.51 / 255)
