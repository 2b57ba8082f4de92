"""Staleness of results: changed numbers in the first steps, and nothing else."""

from dataclasses import replace

import keras
import pytest
from golden import recipe_of

from keras_aae.data.images import Images
from keras_aae.engine import batch_loader, phases
from keras_aae.errors import DataError
from keras_aae.losses import reconstruction
from keras_aae.networks import dense
from keras_aae.priors import Umbrella
from keras_aae.publishing import checking, origin
from keras_aae.publishing.checking import OriginChecks
from keras_aae.publishing.origin import moved_number
from keras_aae.publishing.probe import probe, stand_in_for
from keras_aae.recipe import Recipe

MNIST = {
    "name": "mnist", "image_shape": [28, 28, 1], "dtype": "uint8",
    "class_names": list("0123456789"),
}  # fmt: skip


@pytest.fixture
def recipe(toy_file):
    return Recipe(
        model="vae", name="toy", dataset=str(toy_file), batch_size=20, epochs=2,
        options={"latent_dim": 2, "hidden_units": [4], "beta": "linear:0:1:2"},
        learning_rate="cosine:0.01:0.001:2",
    )  # fmt: skip


@pytest.fixture
def kept(recipe):
    """Return the origin of an earlier result."""
    return OriginChecks().origin(recipe, 1)


@pytest.fixture
def other_source(monkeypatch):
    """Change the hash of the source code."""
    monkeypatch.setattr(checking, "source_hash", lambda: "another")


def check(recipe, kept, version=1):
    return OriginChecks().check(recipe, version, kept)


def test_a_result_without_a_record_is_stale(recipe):
    verdict = check(recipe, None)
    assert verdict.moved and verdict.origin.recipe["name"] == "toy"


def test_the_same_source_is_not_probed_again(recipe, kept, monkeypatch):
    monkeypatch.setattr(checking, "probe", None)
    assert check(recipe, kept) == checking.Verdict(kept)


def test_another_source_that_computes_the_same_renews_the_origin(
    recipe, kept, other_source
):
    verdict = check(recipe, kept)
    assert not verdict.moved and not verdict.unknown
    assert verdict.origin.source == "another" and verdict.origin.probe == kept.probe


def test_a_recipe_and_a_version_are_compared_by_their_values(recipe, kept):
    assert "batch_size" in check(recipe.replace(batch_size=10), kept).moved
    assert "version" in check(recipe, kept, version=2).moved


def scale_update(monkeypatch):
    step = keras.optimizers.Adam.update_step

    def smaller(self, gradient, variable, learning_rate):
        step(self, gradient, variable, 0.999 * learning_rate)

    monkeypatch.setattr(keras.optimizers.Adam, "update_step", smaller)


def reverse_order(monkeypatch):
    order = batch_loader._order
    monkeypatch.setattr(
        batch_loader, "_order", lambda *args, **kw: order(*args, **kw)[::-1]
    )


def scale_pixels(monkeypatch):
    tensor = phases.as_tensor_images
    monkeypatch.setattr(phases, "as_tensor_images", lambda x: 0.999 * tensor(x))


def scale_loss(monkeypatch):
    loss = reconstruction.LIKELIHOODS["bernoulli"]
    monkeypatch.setitem(
        reconstruction.LIKELIHOODS,
        "bernoulli",
        lambda x, logits: 1.001 * loss(x, logits),
    )


def widen_network(monkeypatch):
    narrow = dense.encoder

    def encoder(image_shape, latent_dim, units, *args, **options):
        return narrow(image_shape, latent_dim, [5], *args, **options)

    monkeypatch.setattr(dense, "encoder", encoder)


def change_images(monkeypatch):
    array = Images.gather

    def darker(self, positions):
        x, labels = array(self, positions)
        return x // 2, labels

    monkeypatch.setattr(Images, "gather", darker)


def slow_schedules(monkeypatch):
    call = keras.optimizers.schedules.CosineDecay.__call__
    monkeypatch.setattr(
        keras.optimizers.schedules.CosineDecay,
        "__call__",
        lambda self, step: call(self, step * 0.9),
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (scale_update, "terms"),
        (reverse_order, "terms"),
        (scale_pixels, "terms"),
        (scale_loss, "terms"),
        (widen_network, "terms"),
        (slow_schedules, "schedules"),
        (change_images, "images or labels"),
    ],
)
def test_what_computes_something_else_is_seen_and_named(
    recipe, kept, other_source, monkeypatch, change, where
):
    change(monkeypatch)
    assert where in check(recipe, kept).moved


def test_a_prior_moves_the_recipes_that_use_it_and_no_other(monkeypatch):
    recipes = [recipe_of(name) for name in ("aae-umbrella", "vae-2d")]
    before = [probe(recipe, stand_in_for(MNIST)) for recipe in recipes]
    sample = Umbrella.sample_components
    monkeypatch.setattr(
        Umbrella, "sample_components", lambda *args: 1.01 * sample(*args)
    )
    after = [probe(recipe, stand_in_for(MNIST)) for recipe in recipes]
    umbrella, normal = map(moved_number, before, after)
    assert umbrella and normal == ""


def test_data_that_are_not_there_leave_a_result_unknown(
    recipe, kept, other_source, monkeypatch
):
    def absent(recipe, data_dir):
        raise DataError("no such file")

    monkeypatch.setattr(checking, "load_data", absent)
    verdict = check(recipe, kept)
    assert "no such file" in verdict.unknown and not verdict.moved
    scale_loss(monkeypatch)
    with pytest.raises(DataError, match="no such file"):
        check(recipe, kept)


def test_many_recipes_are_probed_in_other_processes(recipe, kept, other_source):
    other = recipe.replace(name="other", seed=1)
    kept_other = replace(OriginChecks().origin(other, 1), source="an older one")
    checks = OriginChecks()
    checks.prepare([(recipe, 1, kept), (other, 1, kept_other), (other, 2, kept_other)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "probe", None)
        for asked, before in ((recipe, kept), (other, kept_other)):
            assert not checks.check(asked, 1, before).moved


def test_numbers_are_compared_by_the_largest_of_their_list():
    before = {"terms": {"loss": [100.0, 1e-5]}}
    assert moved_number(before, {"terms": {"loss": [100.005, 2e-5]}}) == ""
    assert "loss[0]" in moved_number(before, {"terms": {"loss": [100.02, 1e-5]}})
    assert "loss" in moved_number(before, {"terms": {"loss": [100.0]}})
    assert "nan" in moved_number(before, {"terms": {"loss": [100.0, float("nan")]}})
    assert "kl" in moved_number(before, {"terms": {**before["terms"], "kl": [1.0]}})
    assert moved_number(before, {}) and moved_number({}, before)
    assert moved_number(before, {}, ignore=("terms",)) == ""


def test_the_source_is_all_code_that_trainings_run(monkeypatch, tmp_path):
    monkeypatch.setattr(origin, "PACKAGE", tmp_path)
    (tmp_path / "publishing").mkdir()
    hashes = set()
    for name, text in (("a.py", "1"), ("a.py", "2"), ("b.py", "2"), ("c.txt", "")):
        (tmp_path / name).write_text(text)
        hashes.add(origin.source_hash.__wrapped__())
    (tmp_path / "publishing" / "page.py").write_text("3")
    assert len({*hashes, origin.source_hash.__wrapped__()}) == 3
