"""Labeled Faces in the Wild: a small made-up folder laid out as scikit-learn does it."""

import socket

import numpy as np
import pytest
import sklearn.datasets
from PIL import Image

from keras_aae.data import lfw, load_dataset
from keras_aae.errors import DataError

PEOPLE = 20


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Twenty people, an empty home and no network; return scikit-learn's folder in it."""
    home = tmp_path / "home"
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(home / "scikit"))
    monkeypatch.delenv("KERAS_AAE_DATA", raising=False)
    monkeypatch.setattr(lfw, "PEOPLE", PEOPLE)
    use_network(monkeypatch, unreachable)
    return home / "scikit"


def use_network(monkeypatch, fetch):
    monkeypatch.setattr(sklearn.datasets, "fetch_lfw_people", fetch)


def unreachable(**_):
    raise OSError("no network")


def write_faces(folder, people=PEOPLE, ending="jpg"):
    """Person k: a face of that gray within a white border, then one all white."""
    for k in range(people):
        person = folder / "lfw_home" / "lfw_funneled" / f"Name_{k:02}"
        person.mkdir(parents=True)
        pixels = np.full((50, 50, 3), 255, np.uint8)
        pixels[8:48, 8:48] = 10 * k  # in whole blocks of a JPEG
        Image.fromarray(pixels).save(
            person / f"{person.name}_0001.{ending}", subsampling=0
        )
        white = Image.new("RGB", (50, 50), "white")
        white.save(person / f"{person.name}_0002.{ending}")
    (folder / "lfw_home" / "pairs.txt").touch()
    return folder


def grays(images):
    return set(np.round(images.array().mean((1, 2, 3)) / 10).astype(int))


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_the_middle_of_the_first_face_of_each_person(tmp_path, ending):
    write_faces(tmp_path, ending=ending)
    dataset = load_dataset("lfw", data_dir=tmp_path)
    assert (dataset.name, dataset.image_shape) == ("lfw", (64, 64, 3))
    assert (dataset.train.dtype, dataset.train.labels) == (np.uint8, None)
    for part in (dataset.train, dataset.test):
        flat = part.array().reshape(len(part), -1).astype(int)
        assert np.ptp(flat, axis=1).max() <= (3 if ending == "jpg" else 0)


def test_a_tenth_of_the_people_the_same_every_time_are_held_out(tmp_path):
    write_faces(tmp_path, ending="png")
    dataset = load_dataset("lfw", data_dir=tmp_path)
    assert (len(dataset.train), len(dataset.test)) == (18, 2)
    assert grays(dataset.train) | grays(dataset.test) == set(range(PEOPLE))
    again = load_dataset("lfw", data_dir=tmp_path)
    assert again.fingerprint == dataset.fingerprint


def test_size_and_channels_may_be_given(tmp_path):
    write_faces(tmp_path)
    dataset = load_dataset("lfw", data_dir=tmp_path, image_size=16, channels=1)
    assert dataset.image_shape == (16, 16, 1)
    with pytest.raises(DataError, match="Invalid image_size 0"):
        load_dataset("lfw", data_dir=tmp_path, image_size=0)
    with pytest.raises(DataError, match="Invalid channels 2"):
        load_dataset("lfw", data_dir=tmp_path, channels=2)


def test_faces_are_found_where_scikit_learn_keeps_them(tmp_path, monkeypatch, home):
    write_faces(home, people=2)
    monkeypatch.setattr(lfw, "PEOPLE", 2)
    assert len(load_dataset("lfw").train) == 1
    write_faces(tmp_path / "named", people=4)
    monkeypatch.setenv("KERAS_AAE_DATA", str(tmp_path / "named"))
    monkeypatch.setattr(lfw, "PEOPLE", 4)
    assert len(load_dataset("lfw").train) == 3


def test_faces_are_downloaded_by_scikit_learn(monkeypatch, home, capsys):
    calls = []

    def fetch(*, data_home, **_):
        calls.append((data_home, socket.getdefaulttimeout()))
        write_faces(home)

    use_network(monkeypatch, fetch)
    for _ in range(2):
        assert len(load_dataset("lfw").train) == 18
    [(data_home, timeout)] = calls
    assert data_home == str(home) and timeout is not None
    assert "240 MB" in capsys.readouterr().err


def test_faces_that_are_nowhere(tmp_path, home):
    with pytest.raises(DataError, match="no network.*--data-dir or KERAS_AAE_D") as e:
        load_dataset("lfw", data_dir=tmp_path)
    assert all(str(place) in str(e.value) for place in (tmp_path, home, "keras"))
    assert not home.exists()


def test_a_folder_half_unpacked_is_refused(tmp_path):
    write_faces(tmp_path, people=7)
    with pytest.raises(DataError, match="7 people.*Expected 20,.*Delete it"):
        load_dataset("lfw", data_dir=tmp_path)


def test_a_damaged_face_is_named(tmp_path):
    write_faces(tmp_path)
    path = tmp_path / "lfw_home/lfw_funneled/Name_03/Name_03_0001.jpg"
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DataError, match="Name_03_0001.jpg cannot be read as an image"):
        load_dataset("lfw", data_dir=tmp_path)
