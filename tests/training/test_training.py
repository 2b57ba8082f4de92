import errno
import json
import os
import shlex

import keras
import numpy as np
import pytest

from keras_aae.errors import DataError, DivergedError, RecipeError, RunError
from keras_aae.files import write_json
from keras_aae.publishing import source
from keras_aae.recipe import Recipe
from keras_aae.runs.folder import RunFolder
from keras_aae.training import runner
from keras_aae.training.build import build_model

OPTIONS = {"latent_dim": 2, "hidden_units": [8]}


def recipe(dataset, **changes):
    values = {
        "dataset": str(dataset), "options": OPTIONS, "epochs": 3, "batch_size": 8,
        "execution": "graph", **changes,
    }  # fmt: skip
    return Recipe(**values)


def terms(run):
    timing = ("seconds", "images_per_second")
    return [{k: v for k, v in row.items() if k not in timing} for row in run.history]


class Recorder(runner.Reporter):
    def __init__(self):
        self.warnings, self.seen = [], []

    def warn(self, text):
        self.warnings.append(text)

    def progress(self, progress, images):
        self.seen.append((progress.epoch, images))


def test_a_run_folder_holds_everything(toy_npz, tmp_path):
    recorder = Recorder()
    run = runner.train(recipe(toy_npz), tmp_path / "run", reporter=recorder)
    assert {p.name for p in run.path.iterdir()} == {
        "recipe.json", "environment.json", "history.csv", "model.keras", "checkpoints",
        "snapshots", "run.lock", "status.json", "train.log",
    }  # fmt: skip
    rows = run.history
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert set(rows[0]) == {
        "epoch", "seconds", "images_per_second", "loss", "neg_elbo",
        "reconstruction_nll", "kl",
    }  # fmt: skip
    assert recorder.seen[-1] == (2, 56)
    kept = run.recipe
    assert kept.options["beta"] == 1.0 and kept.options["hidden_units"] == [8]
    assert kept.backend == keras.backend.backend()
    assert run.data["train"] == 56 and len(run.data["fingerprint"]) == 64
    environment = run.environment
    assert environment["packages"]["keras"] == keras.__version__
    assert environment["execution"] == "graph"


def test_the_saved_model_is_the_trained_one(toy_npz, tmp_path, toy_images):
    run = runner.train(recipe(toy_npz, epochs=8), tmp_path / "run")
    opened = source.Source.open(run.path)
    numbers = source.evaluate_source(opened)
    assert run.metrics == numbers
    assert numbers["neg_elbo"] == pytest.approx(run.history[-1]["neg_elbo"], rel=0.2)
    assert opened.model.optimizer is None


def test_the_quantiles_of_watched_codes_join_the_history(toy_npz, tmp_path):
    plain = runner.train(recipe(toy_npz), tmp_path / "plain")
    tracked_images = runner.train(recipe(toy_npz, track_codes=20), tmp_path / "watched")
    columns = set(tracked_images.history[0]) - set(plain.history[0])
    percents = ("00", "05", "25", "50", "75", "95", "100")
    names = ("z_mean", "z_log_var")
    assert columns == {f"{name}_q{p}" for name in names for p in percents}
    assert [row["loss"] for row in tracked_images.history] == [
        row["loss"] for row in plain.history
    ]
    x = source.Source.open(tracked_images.path).dataset.train.array()[:20]
    codes = source.Source.open(tracked_images.path).model.encode(x)
    last = tracked_images.history[-1]
    assert last["z_mean_q50"] == pytest.approx(np.median(codes), abs=1e-5)
    assert last["z_mean_q100"] == pytest.approx(codes.max(), abs=1e-5)


def test_a_run_can_be_drawn_as_it_began(toy_npz, tmp_path):
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    opened = source.Source.open(run.path)
    x = opened.dataset.test.array()
    before = opened.untrained().model.encode(x)
    np.testing.assert_array_equal(before, opened.untrained().model.encode(x))
    assert not np.allclose(before, opened.model.encode(x), atol=1e-3)
    trained = build_model("vae", (8, 8, 1), **OPTIONS)
    assert before.shape == trained.encode(x).shape
    paths = [
        source.export_figure(
            "scatterplot", opened, tmp_path / f"{name}.png", untrained=name == "before"
        )
        for name in ("before", "after")
    ]
    assert paths[0].read_bytes() != paths[1].read_bytes()


def test_figures_without_a_model_ask_for_a_file_and_others_for_a_run(tmp_path):
    path = source.export_comparison("gumbel", [], tmp_path / "g.png", months=50)
    assert path.stat().st_size > 1000
    with pytest.raises(RunError, match="-o"):
        source.export_comparison("gumbel", [])
    with pytest.raises(RunError, match="'samples'"):
        source.export_comparison("samples", [], tmp_path / "s.png")


def test_the_same_recipe_gives_the_same_history(toy_npz, tmp_path):
    runs = [runner.train(recipe(toy_npz), tmp_path / name) for name in "ab"]
    assert terms(runs[0]) == terms(runs[1])
    other = runner.train(recipe(toy_npz, seed=1), tmp_path / "c")
    assert terms(runs[0]) != terms(other)


def test_validation_does_not_disturb_training(toy_npz, tmp_path):
    plain = runner.train(recipe(toy_npz, limit=48), tmp_path / "a")
    assert terms(plain) == terms(
        runner.train(recipe(toy_npz, limit=48), tmp_path / "b")
    )
    held_out = runner.train(recipe(toy_npz, validation=8), tmp_path / "c")
    assert "val_neg_elbo" in held_out.history[0]


def test_resuming_with_more_epochs_equals_training_them_at_once(toy_npz, tmp_path):
    options = {**OPTIONS, "beta": "linear:0:1:4"}
    changes = {
        "options": options,
        "learning_rate": "cosine:0.01:0.001:5",
        "validation": 8,
    }
    whole = runner.train(recipe(toy_npz, epochs=5, **changes), tmp_path / "whole")
    run = runner.train(recipe(toy_npz, epochs=2, **changes), tmp_path / "parts")
    runner.resume(run.path, epochs=5)
    assert terms(whole) == terms(run)
    assert run.recipe.epochs == 5
    np.testing.assert_array_equal(codes(whole), codes(run))


def codes(run):
    return source.load_run_model(run).encode(
        np.arange(128, dtype="u1").reshape(2, 8, 8)
    )


def test_resuming_a_finished_run_changes_nothing(toy_npz, tmp_path):
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    history = (run.path / "history.csv").read_bytes()
    before = codes(run)
    runner.resume(run.path)
    assert (run.path / "history.csv").read_bytes() == history
    np.testing.assert_array_equal(before, codes(run))


class Stops(runner.Reporter):
    """Stop a training after its first epoch, like an error."""

    def epoch(self, row):
        raise InterruptedError


def test_a_run_is_finished_from_its_end_until_it_is_extended(toy_npz, tmp_path):
    with pytest.raises(InterruptedError):
        runner.train(recipe(toy_npz), tmp_path / "run", reporter=Stops())
    run = RunFolder(tmp_path / "run")
    assert not run.finished
    runner.resume(run.path)
    assert run.finished
    # No epochs are left, so the run stays finished.
    runner.resume(run.path, epochs=3, reporter=Stops())
    (run.path / "train.log").unlink()
    assert run.finished
    with pytest.raises(InterruptedError):
        runner.resume(run.path, epochs=5, reporter=Stops())
    assert not run.finished and run.recipe.epochs == 5
    run.log("done")
    assert not run.finished
    runner.resume(run.path)
    assert run.finished and len(run.history) == 5
    run.model_path.unlink()
    assert not run.finished


def test_a_changed_recipe_alone_makes_a_run_unfinished(toy_npz, tmp_path):
    # A process may be killed after the new recipe and before its first step.
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    run.write_recipe(run.recipe)
    assert run.finished
    run.write_recipe(run.recipe.replace(epochs=9))
    assert not run.finished


@pytest.mark.parametrize("finished", [True, False])
def test_a_status_that_cannot_be_written_is_an_error(
    finished, toy_npz, tmp_path, monkeypatch
):
    def full(path, value):
        if value == {"finished": finished}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_json(path, value)

    monkeypatch.setattr("keras_aae.runs.folder.write_json", full)
    with pytest.raises(RunError, match=r"status\.json.*No space left"):
        runner.train(recipe(toy_npz), tmp_path / "run")
    run = RunFolder(tmp_path / "run")
    assert not run.finished and not list(run.path.glob(".*.tmp*"))
    monkeypatch.undo()
    assert runner.resume(run.path).finished


def test_a_run_without_a_checkpoint_starts_again(toy_npz, tmp_path):
    whole = runner.train(recipe(toy_npz), tmp_path / "whole")
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    for checkpoint in run.checkpoints_path.iterdir():
        for file in checkpoint.iterdir():
            file.unlink()
        checkpoint.rmdir()
    runner.resume(run.path)
    assert terms(whole) == terms(run)


def test_the_beta_and_the_learning_rate_follow_their_schedules(toy_npz, tmp_path):
    changes = {"learning_rate": "linear:0.01:0:3", "epochs": 4}
    options = {**OPTIONS, "beta": "linear:0:2:2"}
    run = runner.train(recipe(toy_npz, options=options, **changes), tmp_path / "run")
    model = runner.load_checkpoint(next(run.checkpoints_path.iterdir()))[0]
    assert float(model.weight(model.beta)) == pytest.approx(2)
    assert int(model.steps_done) == 28
    rate = model.optimizer["elbo"].learning_rate
    assert float(keras.ops.convert_to_numpy(rate)) == pytest.approx(0, abs=1e-7)
    first = run.history[0]
    assert first["loss"] < first["neg_elbo"]
    last = run.history[-1]
    assert last["loss"] == pytest.approx(
        last["reconstruction_nll"] + 2 * last["kl"], 1e-4
    )


def test_numbers_may_come_as_text(toy_npz, tmp_path):
    options = {**OPTIONS, "beta": "4"}
    run = runner.train(recipe(toy_npz, options=options, epochs=1), tmp_path / "run")
    row = run.history[0]
    assert row["loss"] == pytest.approx(row["reconstruction_nll"] + 4 * row["kl"], 1e-4)
    with pytest.raises(RecipeError, match="beta .linear:0:1:10"):
        build_model("vae", (8, 8, 1), beta="linear:0:1:10")


def test_patience_ends_the_run_and_the_best_epoch_is_kept(toy_npz, tmp_path):
    changes = {
        "monitor": "val_kl", "patience": 2, "validation": 8, "epochs": 40,
        "learning_rate": 0.01,
    }  # fmt: skip
    run = runner.train(recipe(toy_npz, **changes), tmp_path / "run")
    values = [row["val_kl"] for row in run.history]
    best = int(np.argmin(values))
    assert len(values) == best + 3 < 40
    again = runner.train(
        recipe(toy_npz, **{**changes, "epochs": best + 1, "patience": None}),
        tmp_path / "again",
    )
    np.testing.assert_array_equal(codes(run), codes(again))
    runner.resume(run.path)
    assert len(run.history) == len(values)


def test_an_unknown_monitor_names_the_columns(toy_npz, tmp_path):
    with pytest.raises(RecipeError, match="column of the history: epoch.*neg_elbo"):
        runner.train(recipe(toy_npz, monitor="elbow"), tmp_path / "run")


def test_numbers_that_are_no_longer_finite_end_the_run(toy_npz, tmp_path):
    with pytest.raises(DivergedError, match="no longer.*finite"):
        runner.train(
            recipe(toy_npz, optimizer="sgd", learning_rate=1e9, epochs=9),
            tmp_path / "run",
        )
    assert "no longer" in (tmp_path / "run" / "train.log").read_text()
    for checkpoint in (tmp_path / "run" / "checkpoints").glob("*"):
        model = runner.load_checkpoint(checkpoint)[0]
        assert all(np.isfinite(w).all() for w in model.get_weights())


def test_optimizers_are_plain_values(toy_npz, tmp_path):
    given = {"name": "adam", "beta_1": 0.4, "learning_rate": 0.002}
    run = runner.train(recipe(toy_npz, optimizer=given, epochs=1), tmp_path / "run")
    model = runner.load_checkpoint(next(run.checkpoints_path.iterdir()))[0]
    adam = model.optimizer["elbo"]
    assert adam.beta_1 == 0.4
    assert float(adam.learning_rate.numpy()) == pytest.approx(0.002)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"options": {"latent_dims": 2}}, RecipeError, "Did you mean 'latent_dim'"),
        ({"options": {"latent_dim": 0}}, RecipeError, "a whole number from 1"),
        (
            {"options": {"latent_dim": 2.5}},
            RecipeError,
            "latent_dim 2.5. Expected a whole number",
        ),
        ({"options": {"beta": "much"}}, RecipeError, "Invalid beta"),
        (
            {"options": {"network": "denser"}},
            RecipeError,
            "network .denser.*dense, conv",
        ),
        (
            {"options": {"likelihood": "poisson"}},
            ValueError,
            "likelihood .poisson.*bernoulli",
        ),
        ({"options": {"activation": "relux"}}, RecipeError, "activation"),
        (
            {"optimizer": "adamant"},
            RecipeError,
            "Expected the name of a Keras optimizer",
        ),
        ({"optimizer": {"name": "adam", "speed": 1}}, RecipeError, "Invalid optimizer"),
        ({"optimizer": {"elbow": "adam"}}, ValueError, "phase: elbo"),
        ({"batch_size": 100}, DataError, "a batch size of at most 56"),
        ({"model": "vea"}, ValueError, "Did you mean 'vae'"),
        ({"backend": "other"}, RecipeError, "Invalid backend"),
        ({"num_labels": 1000}, DataError, "1000"),
    ],
)
def test_bad_recipes_leave_no_folder(toy_npz, tmp_path, changes, error, message):
    with pytest.raises(error, match=message):
        runner.train(recipe(toy_npz, **changes), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_existing_folder_is_never_overwritten(toy_npz, tmp_path):
    run = runner.train(recipe(toy_npz, epochs=1), tmp_path / "run")
    with pytest.raises(RunError, match="keras-aae resume"):
        runner.train(recipe(toy_npz), run.path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(RunError, match="is not empty"):
        runner.train(recipe(toy_npz), tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "all of it"
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="--out"):
        runner.train(recipe(toy_npz), tmp_path / "file")


def test_other_data_are_refused_on_resume(toy_npz, tmp_path, toy_images):
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    x, y = toy_images
    np.savez(toy_npz, x_train=x[::-1], y_train=y, x_test=x, y_test=y)
    with pytest.raises(RunError, match="its fingerprint has changed"):
        runner.resume(run.path, epochs=9)


def test_a_changed_recipe_is_refused_on_resume(toy_npz, tmp_path):
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    content = json.loads((run.path / "recipe.json").read_text())
    content["recipe"]["batch_size"] = 4
    (run.path / "recipe.json").write_text(json.dumps(content))
    with pytest.raises(RunError, match="does not match the recipe"):
        runner.resume(run.path, epochs=9)


def test_fewer_epochs_than_done_are_refused(toy_npz, tmp_path):
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    with pytest.raises(RunError, match="epochs 2. Expected at least 3"):
        runner.resume(run.path, epochs=2)


def test_another_environment_is_told(toy_npz, tmp_path, monkeypatch):
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    recorder = Recorder()
    runner.resume(run.path, epochs=4, reporter=recorder)
    assert any("last bits" in text for text in recorder.warnings)


def test_folders_that_are_no_runs_are_named(tmp_path):
    with pytest.raises(RunError, match="no run folder"):
        runner.resume(tmp_path / "nothing")
    with pytest.raises(RunError, match="Expected a recipe.json"):
        runner.resume(tmp_path)
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(RunError, match="Cannot read recipe.json"):
        runner.resume(tmp_path)
    (tmp_path / "recipe.json").write_text('{"format": 99}')
    with pytest.raises(RunError, match="newer version"):
        runner.resume(tmp_path)


def test_the_lock_is_held_by_one(toy_npz, tmp_path):
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    with run.lock(), pytest.raises(RunError, match="in use by process"):
        runner.resume(run.path)
    with RunFolder(run.path).lock():
        pass


def test_what_a_kill_at_the_start_leaves_is_in_nobody_s_way(tmp_path):
    path = tmp_path / "my run's"
    path.mkdir()
    # No process has an ID this high.
    (path / ".recipe-4194305.tmp.json").write_text("{")
    (path / ".mine.tmp").write_text("not of the program")
    with pytest.raises(RunError, match="is not empty"):
        RunFolder.create(path, recipe("toy.npz"), {})
    (path / ".mine.tmp").unlink()
    run = RunFolder.create(path, recipe("toy.npz"), {})
    assert {p.name for p in run.path.iterdir()} == {"recipe.json", "run.lock"}
    with pytest.raises(RunError) as error:
        RunFolder.create(path, recipe("toy.npz"), {})
    command = str(error.value).split("`")[1]
    assert shlex.split(command) == ["keras-aae", "resume", str(path)]
