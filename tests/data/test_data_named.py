"""Named sets: where they are looked for, the fallback, downloads, checksums."""

import gzip
import hashlib
import os
import socket
import types
from pathlib import Path

import numpy as np
import pytest

from keras_aae.data import load_dataset, mnist
from keras_aae.data.fetching import DataNotFoundError, find_or_download
from keras_aae.errors import DataError

REAL = os.environ.get("KERAS_AAE_DATA")
needs_mnist = pytest.mark.skipif(
    not (REAL and (Path(REAL) / "mnist.npz").exists()),
    reason="set KERAS_AAE_DATA to a folder that holds mnist.npz",
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Use an empty home without data and without network; return Keras' folder in it."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KERAS_AAE_DATA", raising=False)
    use_network(monkeypatch, unreachable)
    return tmp_path / "home"


def use_network(monkeypatch, get_file):
    fake = types.SimpleNamespace(utils=types.SimpleNamespace(get_file=get_file))
    monkeypatch.setitem(__import__("sys").modules, "keras", fake)


def unreachable(name, origin, **_):
    raise Exception(f"URL fetch failure on {origin}: None -- no network")


def small_mnist(folder, monkeypatch, x=None):
    """Write an archive of MNIST's kind and make its checksum the expected one."""
    x = np.arange(4 * 784, dtype=np.uint8).reshape(4, 28, 28) if x is None else x
    y = np.arange(4, dtype=np.uint8)
    digest = hashlib.sha256(b"".join(a.tobytes() for a in (x, y, x[:2], y[:2])))
    monkeypatch.setattr(mnist, "MNIST_ARRAYS_SHA256", digest.hexdigest())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mnist.npz"
    np.savez(path, x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
    return path


@needs_mnist
def test_real_mnist(monkeypatch):
    monkeypatch.setenv("KERAS_AAE_DATA", REAL)
    dataset = load_dataset("mnist")
    assert dataset.image_shape == (28, 28, 1)
    assert dataset.class_names == tuple("0123456789")
    assert (len(dataset.train), len(dataset.test)) == (60000, 10000)
    histogram = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(dataset.train.labels).tolist() == histogram
    assert load_dataset().note == ""


def test_default_is_mnist_where_it_is(tmp_path, monkeypatch):
    small_mnist(tmp_path, monkeypatch)
    dataset = load_dataset(data_dir=tmp_path)
    assert (dataset.name, dataset.note) == ("mnist", "")


def test_search_order(tmp_path, monkeypatch, home):
    places = [tmp_path / "argument", tmp_path / "variable", home / "datasets"]
    monkeypatch.setenv("KERAS_AAE_DATA", str(places[1]))
    for place in places:
        place.mkdir(parents=True)
        (place / "f").touch()
    for place in places:
        assert find_or_download("f", "", "", places[0]) == place / "f"
        (place / "f").unlink()
    with pytest.raises(DataNotFoundError) as error:
        find_or_download("f", "", "", places[0])
    assert all(str(place) in str(error.value) for place in places)


def test_default_falls_back_to_digits_and_says_so():
    dataset = load_dataset()
    assert dataset.name == "digits"
    assert "digits" in dataset.note and "NOT MNIST" in dataset.note
    assert load_dataset(limit=10).note == dataset.note


def test_mnist_by_name_does_not_fall_back(tmp_path):
    with pytest.raises(DataError, match="no network.*--data-dir or KERAS_AAE_DATA, or"):
        load_dataset("mnist", data_dir=tmp_path)


@pytest.mark.parametrize("name", ["mnist", None])
def test_altered_mnist_is_refused(tmp_path, monkeypatch, name):
    path = small_mnist(tmp_path, monkeypatch)
    with np.load(path) as archive:
        arrays = dict(archive)
    arrays["x_train"][0, 0, 0] ^= 1
    np.savez(path, **arrays)
    with pytest.raises(
        DataError, match="mnist.npz is not MNIST: its arrays differ.*Del"
    ):
        load_dataset(name, data_dir=tmp_path)


@pytest.mark.parametrize("name", ["mnist", None])
def test_truncated_mnist_is_refused(tmp_path, monkeypatch, name):
    path = small_mnist(tmp_path, monkeypatch)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(
        DataError, match="mnist.npz cannot be read .*Delete it, or repl"
    ):
        load_dataset(name, data_dir=tmp_path)


def test_mnist_without_labels_is_refused(tmp_path):
    np.savez(tmp_path / "mnist.npz", x_train=np.zeros((1, 28, 28)))
    with pytest.raises(DataError, match="it lacks y_train, x_test, y_test"):
        load_dataset("mnist", data_dir=tmp_path)


def test_download_is_checked_and_kept(tmp_path, monkeypatch, home):
    source = small_mnist(tmp_path / "server", monkeypatch)
    calls = []

    def get_file(name, origin, *, file_hash, cache_dir, cache_subdir):
        calls.append((origin, file_hash, socket.getdefaulttimeout()))
        target = Path(cache_dir, cache_subdir, name)
        target.write_bytes(source.read_bytes())
        assert not (home / "datasets" / "mnist.npz").exists()
        return str(target)

    use_network(monkeypatch, get_file)
    for _ in range(2):
        assert load_dataset("mnist").name == "mnist"
    [(origin, file_hash, timeout)] = calls
    assert origin.startswith("https://") and origin.endswith("/mnist.npz")
    assert file_hash == mnist.MNIST_ARCHIVE_SHA256
    assert timeout is not None and socket.getdefaulttimeout() is None
    assert os.listdir(home / "datasets") == ["mnist.npz"]


def test_failed_download_leaves_nothing(home, monkeypatch):
    def get_file(name, origin, *, cache_dir, **_):
        Path(cache_dir, name).write_bytes(b"half")
        raise ValueError("Incomplete or corrupted file detected.")

    use_network(monkeypatch, get_file)
    with pytest.raises(DataNotFoundError, match="Incomplete or corrupted file"):
        load_dataset("mnist")
    assert os.listdir(home / "datasets") == []


def test_cache_that_cannot_be_written(home):
    home.write_text("a file where a folder should be")
    with pytest.raises(DataNotFoundError, match="could not be downloaded"):
        load_dataset("mnist")
    assert load_dataset().name == "digits"


def test_keras_own_download(tmp_path, monkeypatch, home):
    monkeypatch.undo()
    monkeypatch.setenv("KERAS_HOME", str(home))
    (tmp_path / "f.bin").write_bytes(b"content")
    origin = (tmp_path / "f.bin").as_uri()
    with pytest.raises(DataNotFoundError, match="orrupt"):
        find_or_download("sub/f.bin", origin, "0" * 64)
    sha256 = hashlib.sha256(b"content").hexdigest()
    path = find_or_download("sub/f.bin", origin, sha256)
    assert path == home / "datasets" / "sub" / "f.bin"
    assert path.read_bytes() == b"content"


def small_fashion(folder, monkeypatch):
    contents = {}
    for name in mnist.FASHION_SHA256:
        if "images" in name:
            raw = bytes(16) + bytes(range(200)) * 2 + bytes(2 * 784 - 400)
        else:
            raw = bytes(8) + bytes([9, 1])
        contents[name] = gzip.compress(raw)
    hashes = {k: hashlib.sha256(v).hexdigest() for k, v in contents.items()}
    monkeypatch.setattr(mnist, "FASHION_SHA256", hashes)
    (folder / "fashion-mnist").mkdir()
    for name, content in contents.items():
        (folder / "fashion-mnist" / name).write_bytes(content)


def test_fashion_mnist(tmp_path, monkeypatch):
    small_fashion(tmp_path, monkeypatch)
    dataset = load_dataset("fashion_mnist", data_dir=tmp_path)
    assert dataset.image_shape == (28, 28, 1)
    assert (len(dataset.train), len(dataset.test)) == (2, 2)
    assert [dataset.class_names[k] for k in dataset.train.labels] == [
        "Ankle boot",
        "Trouser",
    ]
    assert dataset.train.array()[0, 0, 5, 0] == 5


def test_damaged_fashion_mnist_is_named(tmp_path, monkeypatch):
    small_fashion(tmp_path, monkeypatch)
    path = tmp_path / "fashion-mnist" / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(
        DataError, match="t10k-labels-idx1-ubyte.gz is damaged .*Delete"
    ):
        load_dataset("fashion_mnist", data_dir=tmp_path)


def test_missing_fashion_mnist():
    with pytest.raises(
        DataError, match="fashion-mnist/train-images.* was not found in"
    ):
        load_dataset("fashion_mnist")


def test_digits_look_like_mnist():
    dataset = load_dataset("digits")
    assert (len(dataset.train), len(dataset.test)) == (1437, 360)
    assert dataset.image_shape == (28, 28, 1)
    assert dataset.train.dtype == np.uint8
    x, labels = dataset.train.gather(slice(None))
    assert set(np.bincount(dataset.test.labels)) <= {35, 36, 37}
    assert not x[:, [0, 1, 26, 27]].any() and not x[:, :, [0, 1, 26, 27]].any()
    assert x.max() == 255
    assert 25 < x.mean() < 45  # MNIST: 33.3
    zeros, ones = (x[labels == k, 12:16, 12:16].mean() for k in (0, 1))
    assert zeros < 60 < 180 < ones
    assert load_dataset("digits").fingerprint == dataset.fingerprint


def test_limit(monkeypatch):
    dataset = load_dataset("digits", limit=20, seed=1)
    assert (len(dataset.train), len(dataset.test)) == (20, 20)
    assert dataset.fingerprint == load_dataset("digits", limit=20, seed=1).fingerprint
    assert dataset.fingerprint != load_dataset("digits", limit=20, seed=2).fingerprint


@pytest.mark.parametrize("name", ["minst", "no/such/folder", "x" * 300, "", "~nobody"])
def test_unknown_name(name):
    with pytest.raises(
        DataError, match="Unknown data set .* Choices: .*folder of images"
    ):
        load_dataset(name, image_size=8)


def test_nearest_name_is_suggested():
    with pytest.raises(DataError, match="Did you mean 'mnist'"):
        load_dataset("minst")


@pytest.mark.parametrize("options", [{"image_size": 28}, {"channels": 1}])
def test_named_sets_have_their_own_shape(options):
    with pytest.raises(
        DataError, match="digits .*image_size and channels.*lfw, cifar10"
    ):
        load_dataset("digits", **options)


def test_a_folder_never_hides_a_named_set(tmp_path, monkeypatch):
    (tmp_path / "digits").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_dataset("digits").name == "digits"
