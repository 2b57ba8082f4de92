"""A variant of a family that stands outside the package, as anybody would write one."""

import json
import os
import signal

import keras
import numpy as np
import pytest
from keras import ops

import keras_aae
from keras_aae.checks import Weight
from keras_aae.errors import Interrupted, KerasAAEError, RecipeError
from keras_aae.losses.distances import mmd
from keras_aae.models import VAE
from keras_aae.publishing import checking
from keras_aae.recipe import Recipe
from keras_aae.registry import MODELS
from keras_aae.runs.folder import RunFolder
from keras_aae.training import Reporter, build_model


@keras.saving.register_keras_serializable("variants")
class InfoVAE(VAE):
    """A VAE whose codes, all together, match the prior by their maximum mean discrepancy.

    minimize  -ELBO + mmd_weight MMD^2(q(z), p(z))

    References:
        InfoVAE (Zhao, Song, Ermon, 2017), section 3.2.
    """

    terms = (*VAE.terms, "mmd")

    def __init__(self, encoder, decoder, *, mmd_weight: Weight = 10.0, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.mmd_weight = mmd_weight

    def loss_of_samples(self, x, q, z, labels, training):
        loss, terms = super().loss_of_samples(x, q, z, labels, training)
        prior = self.prior.sample(ops.shape(z[0])[0], self.seed_generator)
        distance = mmd(z[0], prior)
        loss = loss + self.weight(self.mmd_weight) * distance
        return loss, {**terms, "mmd": distance}


class Forgetful(VAE):
    def negative_elbo(self, batch, training):
        loss, terms = super().negative_elbo(batch, training)
        return loss, {**terms, "mmd": loss}


@pytest.fixture(autouse=True)
def on_the_menu(monkeypatch):
    monkeypatch.setitem(MODELS, "info-vae", (f"{__name__}:InfoVAE", "a variant"))


@pytest.fixture
def recipe(toy_file):
    return Recipe(
        model="info-vae", dataset=str(toy_file), epochs=3, batch_size=14,
        options={"latent_dim": 2, "hidden_units": [8], "mmd_weight": "linear:1:5:2"},
        execution="steps",
    )  # fmt: skip


class Stopping(Reporter):
    def epoch(self, row):
        os.kill(os.getpid(), signal.SIGINT)


def rows(run):
    timing = ("seconds", "images_per_second")
    return [{k: v for k, v in row.items() if k not in timing} for row in run.history]


def test_a_variant_trains_resumes_and_is_saved_and_measured(recipe, tmp_path):
    whole = keras_aae.train(recipe, tmp_path / "whole")
    assert all(np.isfinite(row["mmd"]) for row in whole.history)
    with pytest.raises(Interrupted):
        keras_aae.train(recipe, tmp_path / "parts", reporter=Stopping())
    parts = keras_aae.resume(tmp_path / "parts")
    assert rows(parts) == rows(whole)
    model = keras_aae.load_model(whole.model_path)
    assert type(model) is InfoVAE
    x = np.zeros((3, *model.image_shape), np.float32)
    other = keras_aae.load_model(parts.model_path)
    np.testing.assert_array_equal(model.encode(x), other.encode(x))
    dataset = keras_aae.load_dataset(recipe.dataset)
    numbers = keras_aae.evaluate(model, dataset, names=["neg_elbo", "mse"])
    assert set(numbers) == {"neg_elbo", "mse"}


def test_an_option_of_a_variant_is_declared_once(recipe):
    model = build_model("info-vae", (8, 8, 1), latent_dim=2, mmd_weight=3.0)
    config = json.loads(json.dumps(model.get_config()))
    assert InfoVAE.from_config(config).mmd_weight == 3.0
    assert InfoVAE.options()["mmd_weight"].default == 10.0
    for wrong in (-1.0, float("nan"), True, "much"):
        with pytest.raises(RecipeError, match="mmd_weight"):
            build_model("info-vae", (8, 8, 1), latent_dim=2, mmd_weight=wrong)


def test_a_class_on_no_menu_is_not_loaded(recipe, tmp_path, monkeypatch):
    run = keras_aae.train(recipe.replace(epochs=1), tmp_path / "run")
    monkeypatch.delitem(MODELS, "info-vae")
    with pytest.raises(KerasAAEError, match="InfoVAE"):
        keras_aae.load_model(RunFolder(run.path).model_path)


def test_a_term_that_is_not_declared_is_named(toy_images):
    model = Forgetful.create((8, 8, 1), latent_dim=2)
    model.compile("adam")
    with pytest.raises(KerasAAEError, match="'mmd'.*terms"):
        model.fit(toy_images[0], batch_size=14, verbose=0)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="probes are made on TensorFlow"
)
def test_a_variant_makes_no_result_stale(toy_file, recipe):
    usual = recipe.replace(model="vae", name="toy", options={"latent_dim": 2})
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(MODELS, "info-vae")
        kept = checking.OriginChecks().origin(usual, 1)
    verdict = checking.OriginChecks().check(usual, 1, kept)
    assert verdict == checking.Verdict(kept)
