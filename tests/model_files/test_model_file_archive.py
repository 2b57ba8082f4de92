"""Tests that other files and damaged archives are refused unopened."""

import os
import pickle
import zipfile

import keras
import numpy as np
import pytest

from keras_aae.errors import ModelFileError
from keras_aae.model_files.archive import MAX_BYTES
from keras_aae.model_files.saving import load_model


def refused(path, match):
    with pytest.raises(ModelFileError, match=match):
        load_model(path)


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("model.h5", "a legacy HDF5 file.*Expected a .keras file"),
        ("model.hdf5", "a legacy HDF5 file"),
        ("model.pkl", "a pickle"),
        ("model.joblib", "a pickle"),
        ("model.txt", "does not end in .keras"),
        ("model", "does not end in .keras"),
        ("hf://someone/model", "is a URL.*Download it"),
        ("hf:/someone/model.keras", "is a URL"),
        ("https://example.com/model.keras", "is a URL"),
        ("gs://bucket/model.keras", "is a URL"),
        ("mo\0del.keras", "Invalid path"),
        (b"model.keras", "Invalid path"),
        ("missing.keras", "There is no model file 'missing.keras'"),
    ],
)
def test_names(name, match):
    refused(name, match)


def test_folders(tmp_path):
    (tmp_path / "saved_model").mkdir()
    refused(tmp_path / "saved_model", "a folder .SavedModel, Orbax or other.")
    (tmp_path / "orbax.keras").mkdir()
    refused(tmp_path / "orbax.keras", "is a folder|Is a directory")


def test_symbolic_link(model_file, tmp_path):
    (tmp_path / "link.keras").symlink_to(model_file)
    refused(tmp_path / "link.keras", "is a symbolic link")


def test_pipe_and_device_do_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.keras")
    refused(tmp_path / "pipe.keras", "is a pipe or a device")


def test_unreadable_file(model_file, tmp_path, monkeypatch):
    def denied(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    refused(model_file, "Cannot read the model file.*Permission denied")


def test_renamed_hdf5(tmp_path, forge):
    path = tmp_path / "renamed.keras"
    with zipfile.ZipFile(forge()) as archive:
        path.write_bytes(archive.read("model.weights.h5"))
    refused(path, "an HDF5 file under another name")


def test_renamed_pickle_is_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    (tmp_path / "evil.keras").write_bytes(pickle.dumps(Evil()))
    refused(tmp_path / "evil.keras", "a pickle under another name")
    assert not (tmp_path / "made").exists()


def test_empty_file(tmp_path):
    (tmp_path / "empty.keras").touch()
    refused(tmp_path / "empty.keras", "damaged or cut short")


def test_file_larger_than_the_cap(tmp_path):
    with open(tmp_path / "large.keras", "wb") as file:
        file.truncate(2**40)
    refused(tmp_path / "large.keras", "is too large. Expected at most")


def test_extra_asset(forge):
    refused(forge(assets="secret"), "'assets'.*Expected exactly metadata.json")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", MAX_BYTES)
def test_duplicate_member(forge, name):
    path = forge()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "{}")
    refused(path, "Expected exactly .*each once")


@pytest.mark.parametrize("name", MAX_BYTES)
def test_missing_member(model_file, tmp_path, name):
    with zipfile.ZipFile(model_file) as archive:
        members = {n: archive.read(n) for n in archive.namelist() if n != name}
    with zipfile.ZipFile(tmp_path / "less.keras", "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    refused(tmp_path / "less.keras", "Expected exactly")


def test_deflate_bomb(model_file, tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in MAX_BYTES:
            archive.writestr(name, bytes(2**24))
    assert path.stat().st_size < 2**20
    refused(path, "compressed or encrypted")


@pytest.mark.parametrize("name", ["config__json", "metadata__json"])
def test_too_large_member(forge, name):
    refused(forge(**{name: " " * (2**22 + 1)}), "Expected at most")


@pytest.mark.parametrize("place", ["before", "after", "comment"])
def test_hidden_bytes(forge, place):
    path = forge()
    hidden = b"#!/bin/sh\n" + bytes(9000)
    if place == "comment":
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = hidden
    elif place == "before":
        path.write_bytes(hidden + path.read_bytes())
    else:
        path.write_bytes(path.read_bytes() + hidden)
    refused(path, "do not add up|damaged")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('{"a":' * 100_000, "Cannot read config.json of the model file"),
        ("[" * 100_000 + "]" * 100_000, "Cannot read config.json"),
        ("[]", "Invalid config.json .*JSON object"),
        ('{"module": "a", "module": "b"}', "duplicate key"),
        ('{"a": NaN}', "NaN is not a finite number"),
        ('{"a": 1e999}', "Expected a model"),
        ('{"a": ' + "9" * 5000 + "}", "Cannot read config.json"),
        (b"\xff\xfe{}", "Cannot read config.json"),
        ("{}", "Expected a model of keras_aae"),
    ],
)
def test_json(forge, text, match):
    refused(forge(config__json=text), match)


def test_truncation(model_file, tmp_path):
    content = model_file.read_bytes()
    for sixteenth in range(16):
        path = tmp_path / "cut.keras"
        path.write_bytes(content[: len(content) * sixteenth // 16])
        refused(path, "damaged or cut short")


def test_bit_flips_are_never_silent(model, model_file, tmp_path):
    content = model_file.read_bytes()
    codes = np.linspace(-1, 1, 8).reshape(4, 2)
    expected = model.decode(codes)
    random = np.random.default_rng(0)
    for position in random.integers(0, 8 * len(content), 65):
        flipped = bytearray(content)
        flipped[position // 8] ^= 1 << position % 8
        path = tmp_path / "flipped.keras"
        path.write_bytes(flipped)
        try:
            loaded = load_model(path)
        except ModelFileError:
            continue
        # A flip in a date or in padding does not change the model.
        np.testing.assert_array_equal(loaded.decode(codes), expected)


def test_no_temporary_folder_is_left(forge, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    assert isinstance(load_model(forge()), keras.Model)

    def rename(weights):
        weights.move("decoder/layers/dense", "decoder/layers/other")

    refused(forge(weights=rename), "Keras cannot load the model file")
    assert not list((tmp_path / "tmp").iterdir())
