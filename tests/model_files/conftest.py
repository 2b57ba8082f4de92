"""Fixtures: a small model file and changed copies of it."""

import io
import json
import zipfile

import h5py
import keras
import pytest

from keras_aae.models import VAE


def small_vae(**kwargs):
    return VAE.create((8, 8, 1), latent_dim=2, hidden_units=(16,), **kwargs)


@pytest.fixture(scope="session")
def model():
    keras.utils.set_random_seed(0)
    model = small_vae()
    model.compile("adam")
    return model


@pytest.fixture(scope="session")
def model_file(model, tmp_path_factory):
    """Save a model with its optimizer by Keras."""
    path = tmp_path_factory.mktemp("model") / "model.keras"
    model.save(path)
    return path


def read_members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_members(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def change_weights(content, change):
    """Return the bytes of an HDF5 file after `change(file)`."""
    data = io.BytesIO(content)
    with h5py.File(data, "r+") as file:
        change(file)
    return data.getvalue()


@pytest.fixture
def forge(model_file, tmp_path):
    """Return forge(config=change, weights=change, **members), which changes a copy."""

    def forge(config=None, weights=None, **members):
        parts = read_members(model_file)
        if config:
            value = json.loads(parts["config.json"])
            value = config(value) or value
            parts["config.json"] = json.dumps(value)
        if weights:
            parts["model.weights.h5"] = change_weights(
                parts["model.weights.h5"], weights
            )
        parts |= {name.replace("__", "."): value for name, value in members.items()}
        return write_members(tmp_path / "forged.keras", parts)

    return forge
