"""Tests that saved models load again everywhere with the same outputs."""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
from keras import layers

from keras_aae import models
from keras_aae.errors import DivergedError, ModelFileError
from keras_aae.lookup import load_entry
from keras_aae.model_files.inspection import inspect_model
from keras_aae.model_files.saving import load_model, save_model
from keras_aae.models import VAE, Autoencoder
from keras_aae.registry import MODELS

HIDDEN_UNITS = {"dense": (16,), "conv": (4, 8)}
FILTERS = {"generator_filters": (8, 4), "discriminator_filters": (4, 8)}
X = np.random.default_rng(0).random((6, 8, 8, 1), dtype=np.float32)
LABELS = np.arange(6)


def build(name, network, **options):
    family = load_entry(name, MODELS, "model")
    units = HIDDEN_UNITS[network]
    sizes = {"latent_dim": 2, "network": network, "hidden_units": units, **FILTERS}
    known = {key: size for key, size in sizes.items() if key in family.options()}
    return family.create((8, 8, 1), **known, **options)


def train(model):
    if not model.compiled:
        model.compile("adam")
    rows = 2 if len(model.batches) == 1 else len(X)
    model.fit(X, LABELS, epochs=1, batch_size=rows, verbose=0)
    return model


def user_model(rate=0.3):
    x = inputs = keras.Input((8, 8, 1))
    x = layers.GaussianNoise(0.1)(layers.Rescaling(2.0)(x))
    x = layers.Conv2D(4, 3, kernel_regularizer="l2", padding="same")(x)
    x = layers.LeakyReLU()(layers.BatchNormalization()(x))
    x = layers.Add()([x, layers.Conv2D(4, 1, activation="gelu")(x)])
    x = layers.GlobalAveragePooling2D()(layers.Dropout(rate)(x))
    encoder = keras.Model(inputs, layers.Dense(2)(x), name="encoder")
    inner = keras.Sequential([keras.Input((2,)), layers.Dense(64), layers.PReLU()])
    z = keras.Input((2,))
    logits = layers.Reshape((8, 8, 1))(layers.Dropout(rate)(inner(z)))
    return Autoencoder(encoder, keras.Model(z, logits, name="decoder"), seed=3)


@pytest.mark.parametrize("name", MODELS)
def test_importing_the_models_registers_every_family(name):
    family = load_entry(name, MODELS, "model")
    assert getattr(models, family.__name__) is family


CONVOLUTIONAL = ("autoencoder", "vae", "aae", "sen", "classifier")


@pytest.mark.parametrize(
    ("name", "network"),
    [(name, "dense") for name in MODELS] + [(name, "conv") for name in CONVOLUTIONAL],
)
def test_round_trip(name, network, tmp_path):
    model = train(build(name, network))
    save_model(model, tmp_path / "model.keras")
    for load in (load_model, keras.saving.load_model):
        loaded = load(tmp_path / "model.keras")
        assert type(loaded) is type(model)
        assert not loaded.compiled
        for saved, variable in zip(model.variables, loaded.variables, strict=True):
            np.testing.assert_array_equal(np.array(saved), np.array(variable))
        if hasattr(model, "reconstruct"):
            np.testing.assert_array_equal(loaded.reconstruct(X), model.reconstruct(X))


@pytest.mark.parametrize("name", MODELS)
def test_round_trip_with_optimizers(name, tmp_path):
    model = train(build(name, "dense"))
    model.save(tmp_path / "state.keras")
    loaded = load_model(tmp_path / "state.keras", compile=True)
    pairs = zip(
        [*model.variables, *model.optimizer.variables],
        [*loaded.variables, *loaded.optimizer.variables],
        strict=True,
    )
    for saved, variable in pairs:
        np.testing.assert_array_equal(np.array(saved), np.array(variable))
    assert not load_model(tmp_path / "state.keras").compiled


def test_schedules(tmp_path):
    schedules = keras.optimizers.schedules
    beta = schedules.PolynomialDecay(0.0, 100, 1.0)
    model = VAE.create((8, 8, 1), hidden_units=(16,), beta=beta)
    model.compile(keras.optimizers.SGD(schedules.ExponentialDecay(0.1, 10**9, 0.5)))
    train(model).save(tmp_path / "state.keras")
    loaded = load_model(tmp_path / "state.keras", compile=True)
    assert loaded.beta.get_config() == beta.get_config()
    assert int(loaded.optimizer["elbo"].iterations) == 3


def test_networks_of_users(tmp_path):
    model = train(user_model())
    save_model(model, tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.reconstruct(X), model.reconstruct(X))
    assert len(loaded.seed_states) == len(model.seed_states) == 4


@pytest.mark.parametrize("kind", ["functional", "sequential"])
def test_plain_keras_models(kind, tmp_path):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu")])
    if kind == "functional":
        model = keras.Model(model.inputs[0], model.outputs[0])
    model.compile("adam", "mse", metrics=["accuracy"])
    model.fit(np.ones((4, 4)), np.ones((4, 3)), verbose=0)
    model.save(tmp_path / "plain.keras")
    loaded = load_model(tmp_path / "plain.keras")
    x = np.ones((2, 4), "float32")
    found, expected = loaded.predict(x, verbose=0), model.predict(x, verbose=0)
    np.testing.assert_array_equal(found, expected)
    report = inspect_model(tmp_path / "plain.keras")
    assert report["parameters"] == model.count_params()
    assert report["package"] == "keras"


def test_training_goes_on_as_if_nothing_was_saved(tmp_path):
    def weights_after(save):
        keras.utils.set_random_seed(0)
        model = train(user_model())
        if save:
            save_model(model, tmp_path / "model.keras")
        # Layers created later draw seeds from the same generator as copies.
        return [*train(model).get_weights(), train(user_model()).get_weights()[0]]

    for a, b in zip(weights_after(True), weights_after(False), strict=True):
        np.testing.assert_array_equal(a, b)


def test_saved_without_optimizer(model, tmp_path):
    save_model(model, tmp_path / "model.keras")
    assert model.compiled
    assert inspect_model(tmp_path / "model.keras")["optimizer"] is None
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert not json.loads(archive.read("config.json"))["compile_config"]
    with pytest.raises(ModelFileError, match="no training state"):
        load_model(tmp_path / "model.keras", compile=True)


def test_weights_that_are_not_finite(tmp_path):
    model = build("vae", "dense")
    (tmp_path / "model.keras").write_text("before")
    model.encoder.trainable_variables[0].assign(np.full((64, 16), np.nan))
    with pytest.raises(DivergedError, match="no longer finite"):
        save_model(model, tmp_path / "model.keras")
    assert (tmp_path / "model.keras").read_text() == "before"


@keras.saving.register_keras_serializable("someone_else")
class Foreign(layers.Layer):
    def call(self, x):
        return x


def test_models_that_could_not_be_loaded(tmp_path):
    x = keras.Input((8, 8, 1))
    encoder = keras.Model(x, layers.Dense(2)(layers.Flatten()(Foreign()(x))))
    model = Autoencoder(encoder, build("autoencoder", "dense").decoder)
    with pytest.raises(
        ModelFileError, match="Cannot save the model.*Foreign.*safe to load"
    ):
        save_model(model, tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ModelFileError, match="does not end in .keras"):
        save_model(model, tmp_path / "model.weights")


SCRIPT = """
import sys
import numpy as np
import keras
import keras_aae.models
path, images, outputs = sys.argv[1:]
stock = keras.saving.load_model(path)
from keras_aae.model_files.saving import load_model
images = np.load(images)
models = (load_model(path), stock)
np.save(outputs, np.stack([model.reconstruct(images) for model in models]))
"""


def outputs_elsewhere(path, engine):
    """Return reconstructions in a new process, by our loader and by Keras."""
    images, outputs = path.with_name("images.npy"), path.with_name("outputs.npy")
    np.save(images, X)
    subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", SCRIPT]
        + [str(file) for file in (path, images, outputs)],
        env=os.environ | {"KERAS_BACKEND": engine},
        check=True,
    )
    return np.load(outputs)


def test_fresh_process(tmp_path):
    model = train(user_model())
    save_model(model, tmp_path / "model.keras")
    ours, stock = outputs_elsewhere(tmp_path / "model.keras", keras.backend.backend())
    np.testing.assert_array_equal(ours, stock)
    np.testing.assert_allclose(ours, model.reconstruct(X), atol=1e-6)


@pytest.mark.engines
@pytest.mark.parametrize("engine", ["tensorflow", "jax", "torch"])
def test_other_engines(engine, tmp_path):
    if engine == keras.backend.backend():
        pytest.skip(f"{engine} is the engine of this test run")
    if importlib.util.find_spec(engine) is None:
        pytest.skip(f"{engine} is not installed")
    model = train(user_model())
    save_model(model, tmp_path / "model.keras")
    ours, stock = outputs_elsewhere(tmp_path / "model.keras", engine)
    np.testing.assert_array_equal(ours, stock)
    np.testing.assert_allclose(ours, model.reconstruct(X), atol=1e-5)


def test_a_full_disk_for_temporary_files_is_no_damage(model_file, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")
    with pytest.raises(ModelFileError, match="temporary copy.*set TMPDIR"):
        load_model(model_file)
