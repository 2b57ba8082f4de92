"""NumPy files: what load_npz reads, what it refuses, and that .npy stays on disk."""

import numpy as np
import pytest

from keras_aae.data import load_dataset
from keras_aae.data.npz import load_npz
from keras_aae.errors import DataError

X = np.random.default_rng(0).integers(0, 256, (20, 5, 4), dtype=np.uint8)
Y = np.arange(20) % 2


def save(tmp_path, **arrays):
    np.savez_compressed(tmp_path / "set.npz", **arrays)
    return tmp_path / "set.npz"


def test_four_arrays(tmp_path):
    path = save(tmp_path, x_train=X, y_train=Y, x_test=X[:3], y_test=Y[:3])
    dataset = load_dataset(path)
    assert dataset.name == "set"
    assert dataset.class_names == ("0", "1")
    np.testing.assert_array_equal(dataset.train.array()[..., 0], X)
    np.testing.assert_array_equal(dataset.train.labels, Y)
    np.testing.assert_array_equal(dataset.test.array()[..., 0], X[:3])
    np.testing.assert_array_equal(dataset.test.labels, Y[:3])


@pytest.mark.parametrize("keys", [("x", "y"), ("images", "labels"), ("x_train", "y")])
def test_without_a_test_part_a_tenth_becomes_it(tmp_path, keys):
    dataset = load_npz(save(tmp_path, **dict(zip(keys, (X, Y), strict=True))))
    assert (len(dataset.train), len(dataset.test)) == (18, 2)
    assert sorted(dataset.test.labels) == [0, 1]


def test_labels_may_be_missing(tmp_path):
    dataset = load_npz(save(tmp_path, x=X))
    assert dataset.train.labels is None
    assert dataset.num_classes == 0


def test_one_class_is_fine(tmp_path):
    dataset = load_npz(save(tmp_path, x=X, y=np.zeros(20, int)))
    assert dataset.class_names == ("0",)
    train, validation = dataset.split_validation(5, seed=0)
    assert (len(train), len(validation)) == (13, 5)


def test_arrays_nobody_asked_for_are_not_read(tmp_path):
    dataset = load_npz(save(tmp_path, x=X, extra=np.array([{"any": "object"}])))
    assert len(dataset.train) == 18


def test_npy_stays_memory_mapped(tmp_path):
    np.save(tmp_path / "faces.npy", X)
    dataset = load_dataset(str(tmp_path / "faces.npy"))
    assert dataset.name == "faces"
    assert isinstance(dataset.train._x, np.memmap)
    assert isinstance(dataset.test._x, np.memmap)
    assert dataset.train.gather([0])[0].shape == (1, 5, 4, 1)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"y": Y}, "set.npz: .*no images.*x_train, x or images"),
        ({"x_test": X}, "no images"),
        ({"x": np.array([X, None], object)}, "Object arrays cannot be loaded"),
        ({"x": X, "y": np.array(list("ab") * 10, object)}, "without Python objects"),
        ({"x": X, "y": Y[:7]}, r"set.npz: Labels .*\(7,\).*\(20,\)"),
        ({"x": X.reshape(20, 20)}, r"set.npz: Images have shape \(20, 20\)"),
        ({"x": X / 10.0}, "to 25.5.*floats in"),
        ({"x": X[:0]}, "empty"),
        ({"x": X[:1]}, "1 image.*at least 2"),
        ({"x_train": X, "x_test": X[:, :4]}, "test images uint8 of 4x4x1"),
    ],
)
def test_archives_that_are_refused(tmp_path, arrays, message):
    with pytest.raises(DataError, match=message):
        load_npz(save(tmp_path, **arrays))


def broken_files(folder):
    """Yield files that are no whole archive or array, under both endings."""
    np.savez_compressed(folder / "good.npz", x=X)
    np.save(folder / "good.npy", X)
    for ending in (".npz", ".npy"):
        content = (folder / f"good{ending}").read_bytes()
        flipped = bytearray(content)
        flipped[len(content) // 2 if ending == ".npz" else 20] ^= 0xFF
        variants = {
            "empty": b"",
            "short": content[: len(content) // 2],
            "tiny": content[:7],
            "flipped": bytes(flipped),
            "text": b"These are not images.",
        }
        for name, data in variants.items():
            (folder / f"{name}{ending}").write_bytes(data)
            yield folder / f"{name}{ending}"


def test_damaged_files_are_named(tmp_path):
    for path in broken_files(tmp_path):
        with pytest.raises(DataError, match=f"{path.name} cannot be read .*replace it"):
            load_npz(path)


def test_wrong_ending_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", X)
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", x=X)
    (tmp_path / "b.npz").rename(tmp_path / "b.npy")
    for name in ("a.npz", "b.npy"):
        with pytest.raises(DataError, match=f"{name} cannot be read"):
            load_npz(tmp_path / name)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="nothing.npz cannot be read .*No such file"):
        load_dataset(tmp_path / "nothing.npz")
