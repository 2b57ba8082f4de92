"""CIFAR-10: a few made-up pictures in a folder, and in an archive like Keras'."""

import hashlib
import io
import os
import pickle
import tarfile
import types

import numpy as np
import pytest
from PIL import Image

from keras_aae.data import cifar10, load_dataset, load_resized
from keras_aae.errors import DataError

BATCH = 4  # pictures


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Few pictures, an empty home and no network; return Keras' cache in it."""
    cache = tmp_path / "home" / "datasets"
    monkeypatch.setenv("KERAS_HOME", str(cache.parent))
    monkeypatch.delenv("KERAS_AAE_DATA", raising=False)
    monkeypatch.setattr(cifar10, "COUNTS", (20, 10))
    fake = types.SimpleNamespace(utils=types.SimpleNamespace(get_file=unreachable))
    monkeypatch.setitem(__import__("sys").modules, "keras", fake)
    return cache


def unreachable(name, origin, **_):
    raise Exception(f"URL fetch failure on {origin}: None -- no network")


def write_folder(folder, train=2, test=1, classes=cifar10.CLASSES):
    """Pictures of one gray, which is twenty times the class."""
    for part, count in (("train", train), ("test", test)):
        for k, name in enumerate(classes):
            place = folder / "cifar10" / part / name
            place.mkdir(parents=True)
            for i in range(count):
                Image.new("RGB", (32, 32), (20 * k,) * 3).save(place / f"{i:04}.jpg")
    return folder


def batch(seed):
    rng = np.random.default_rng(seed)
    data = rng.integers(0, 256, (BATCH, 3072), dtype=np.uint8)
    return {b"data": data, b"labels": [(seed + i) % 10 for i in range(BATCH)]}


def write_archive(cache, monkeypatch, **others):
    """Batch i is made of seed i, the test batch of 0, if no other content is given."""
    cache.mkdir(parents=True)
    with tarfile.open(cache / cifar10.ARCHIVE, "w:gz") as files:
        for i, name in enumerate((*cifar10.TEST, *cifar10.TRAIN)):
            content = pickle.dumps(others.get(os.path.basename(name), batch(i)), 3)
            info = tarfile.TarInfo(name)
            info.size = len(content)
            files.addfile(info, io.BytesIO(content))
    digest = hashlib.sha256((cache / cifar10.ARCHIVE).read_bytes()).hexdigest()
    monkeypatch.setattr(cifar10, "SHA256", digest)


def test_a_folder_of_pictures(tmp_path):
    dataset = load_dataset("cifar10", data_dir=write_folder(tmp_path))
    assert (dataset.name, dataset.image_shape) == ("cifar10", (32, 32, 3))
    assert (len(dataset.train), len(dataset.test)) == (20, 10)
    assert dataset.class_names == cifar10.CLASSES and dataset.train.dtype == np.uint8
    for part in (dataset.train, dataset.test):
        gray = part.array().mean((1, 2, 3))
        np.testing.assert_allclose(gray, 20 * part.labels, atol=2)


@pytest.mark.parametrize("place", ["folder", "archive"])
def test_images_are_resized_for_a_model_or_on_demand(
    place, tmp_path, home, monkeypatch
):
    if place == "folder":
        write_folder(tmp_path)
    else:
        write_archive(home, monkeypatch)
    plain = load_dataset("cifar10", data_dir=tmp_path)
    large = load_resized("cifar10", (64, 64, 3), tmp_path)
    gray = load_dataset("cifar10", data_dir=tmp_path, image_size=16, channels=1)
    assert large.image_shape == (64, 64, 3) and gray.image_shape == (16, 16, 1)
    image = Image.fromarray(plain.train.array()[3])
    expected = np.asarray(image.resize((64, 64), Image.Resampling.BICUBIC))
    np.testing.assert_array_equal(large.train.array()[3], expected)
    with pytest.raises(DataError, match="Invalid image_size 0"):
        load_dataset("cifar10", data_dir=tmp_path, image_size=0)
    with pytest.raises(DataError, match="Invalid channels 2"):
        load_dataset("cifar10", data_dir=tmp_path, channels=2)


@pytest.mark.parametrize(
    "faulty",
    [{"train": 1}, {"test": 2}, {"classes": (*cifar10.CLASSES[:-1], "zebra")}],
)
def test_a_folder_half_unpacked_is_refused(faulty, tmp_path):
    with pytest.raises(DataError, match=r"Expected 20 \+ 10 .*airplane"):
        load_dataset("cifar10", data_dir=write_folder(tmp_path, **faulty))


def test_the_archive_that_keras_keeps(home, monkeypatch):
    write_archive(home, monkeypatch)
    dataset = load_dataset("cifar10")
    assert dataset.class_names == cifar10.CLASSES
    assert (len(dataset.train), len(dataset.test)) == (5 * BATCH, BATCH)
    rows = batch(2)  # the second of the training batches
    image = rows[b"data"][1].reshape(3, 32, 32)
    np.testing.assert_array_equal(
        dataset.train.array()[BATCH + 1, 5, 7], image[:, 5, 7]
    )
    assert dataset.train.labels[BATCH + 1] == rows[b"labels"][1]
    np.testing.assert_array_equal(dataset.test.labels, batch(0)[b"labels"])


def test_an_altered_archive_is_not_opened(home, monkeypatch):
    write_archive(home, monkeypatch)
    path = home / cifar10.ARCHIVE
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    monkeypatch.setattr(tarfile, "open", None)
    with pytest.raises(DataError, match="is damaged or another file: its SHA-256.*Del"):
        load_dataset("cifar10")


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("made",)


def test_a_batch_calls_nothing(home, monkeypatch, tmp_path):
    write_archive(home, monkeypatch, data_batch_3={b"data": Harmful()})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="posix.mkdir.*arrays only"):
        load_dataset("cifar10")
    assert not (tmp_path / "made").exists()


def test_images_that_are_nowhere(tmp_path):
    with pytest.raises(DataError, match="no network.*--data-dir or KERAS_AAE_DATA"):
        load_dataset("cifar10", data_dir=tmp_path)
