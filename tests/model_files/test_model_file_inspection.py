"""Tests of `inspect_model` with valid and invalid files."""

import hashlib
import subprocess
import sys

import pytest

from keras_aae.errors import ModelFileError
from keras_aae.model_files.inspection import inspect_model


def test_report(model, model_file):
    report = inspect_model(model_file)
    assert report["accepted"] and report["reason"] is None
    assert (report["class"], report["package"]) == ("VAE", "keras_aae")
    assert report["size"] == model_file.stat().st_size
    assert report["sha256"] == hashlib.sha256(model_file.read_bytes()).hexdigest()
    assert report["optimizer"] == ["elbo"]
    networks = (model.encoder, model.decoder)
    assert report["parameters"] == sum(n.count_params() for n in networks)
    for network in networks:
        found = report["networks"][network.name]
        assert found["parameters"] == network.count_params()
        assert [layer["name"] for layer in found["layers"]] == [
            layer.name for layer in network.layers
        ]
        assert [layer["parameters"] for layer in found["layers"]] == [
            layer.count_params() for layer in network.layers
        ]


def test_settings(model_file):
    hidden = inspect_model(model_file)["networks"]["encoder"]["layers"][2]
    assert hidden["class"] == "Dense"
    assert hidden["settings"] == {"units": 16, "activation": "relu"}


def test_no_keras_is_imported(model_file):
    script = (
        "import sys; from keras_aae.model_files.inspection import inspect_model;"
        "assert inspect_model(sys.argv[1])['accepted'];"
        "assert not {'keras', 'tensorflow', 'jax', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(model_file)], check=True)


def test_damaged_file(model_file, tmp_path):
    path = tmp_path / "cut.keras"
    path.write_bytes(model_file.read_bytes()[:-100])
    report = inspect_model(path)
    assert not report["accepted"]
    assert "damaged or cut short" in report["reason"]
    assert len(report["sha256"]) == 64


def test_files_of_other_kinds(tmp_path):
    with pytest.raises(ModelFileError, match="There is no model file"):
        inspect_model(tmp_path / "missing.keras")
    with pytest.raises(ModelFileError, match="a legacy HDF5 file"):
        inspect_model(tmp_path / "model.h5")


def test_metadata_of_other_types(forge):
    report = inspect_model(forge(metadata__json='{"keras_version": [1]}'))
    assert report["accepted"]
    assert report["keras_version"] is None
