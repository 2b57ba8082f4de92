"""Images: what is accepted, what is refused, and that rows are read lazily."""

import numpy as np
import pytest

from keras_aae.data import Images
from keras_aae.errors import DataError


def numbered(n, dtype=np.uint8):
    """Return n images of 2x3 whose pixels all hold the image's number."""
    return np.broadcast_to(np.arange(n, dtype=dtype)[:, None, None], (n, 2, 3)).copy()


def test_channel_axis_is_added_without_a_copy():
    x = numbered(5)
    images = Images(x)
    assert images.image_shape == (2, 3, 1)
    assert len(images) == 5
    assert images.labels is None
    assert np.shares_memory(images._x, x)


def test_gather_returns_the_rows_asked_for():
    images = Images(numbered(9), labels=np.arange(9) % 3)
    x, labels = images.gather(np.array([7, 0, 7]))
    assert x.shape == (3, 2, 3, 1)
    assert x[:, 0, 0, 0].tolist() == [7, 0, 7]
    assert labels.tolist() == [1, 0, 1]


def test_subsets_compose():
    images = Images(numbered(10), labels=np.arange(10))
    part = images.subset([9, 8, 7, 6]).subset([3, 1])
    assert part.array()[:, 0, 0, 0].tolist() == [6, 8]
    assert part.labels.tolist() == [6, 8]
    assert len(images) == 10


def test_indices_select_rows():
    images = Images(numbered(10), np.arange(10), indices=[2, 4])
    assert images.labels.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.uint8, np.uint8),
        (np.int64, np.uint8),
        (np.uint16, np.uint8),
        (np.bool_, np.float32),
        (np.float16, np.float32),
        (np.float64, np.float32),
        (">f4", np.float32),
    ],
)
def test_types_that_come_out(given, kept):
    x = (numbered(2)).astype(given)
    images = Images(x)
    assert images.dtype == kept
    assert images.array().dtype == np.dtype(kept)
    np.testing.assert_array_equal(images.array()[..., 0], x.astype(kept))


def test_blocks_give_all_images_in_order(monkeypatch):
    monkeypatch.setattr("keras_aae.data.images.BLOCK_BYTES", 20)
    images = Images(numbered(10)).subset(np.arange(9, -1, -1))
    blocks = list(images.blocks())
    assert [len(block) for block in blocks] == [3, 3, 3, 1]
    np.testing.assert_array_equal(np.concatenate(blocks), images.array())


def test_memory_mapped_array_stays_on_disk(tmp_path):
    np.save(tmp_path / "x.npy", numbered(50, np.float32) / 50)
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    images = Images(x).subset(np.arange(40))
    assert isinstance(images._x, np.memmap)
    rows, _ = images.gather([3, 5])
    assert type(rows) is np.ndarray
    assert rows.shape == (2, 2, 3, 1)
    assert not np.shares_memory(rows, x)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((4, 784)), r"\(4, 784\).*\(n, height, width"),
        (np.zeros((4, 3, 32, 32)), r"channels on the last axis.*moveaxis"),
        (np.zeros((4, 0, 3)), "no empty axis"),
        (np.zeros((0, 8, 8), np.uint8), "empty.*at least one image"),
        (np.full((2, 3, 3), np.nan), r"nan to nan.*floats in \[0, 1\]"),
        (np.full((2, 3, 3), np.inf), "to inf.*floats in"),
        (np.full((2, 3, 3), 255.0), "to 255.0.*divide by 255"),
        (np.full((2, 3, 3), -0.5), "from -0.5"),
        (np.full((2, 3, 3), 256), r"to 256.*integers in 0\.\.255"),
        (np.full((2, 3, 3), -1), "from -1 to -1"),
        (np.full((2, 3, 3), 1j), "dtype complex128.*uint8"),
        (np.full((2, 3, 3), "a"), "<U1.*uint8"),
        (np.full((2, 3, 3), None), "object.*uint8"),
    ],
)
def test_images_that_are_refused(x, message):
    with pytest.raises(DataError, match=message):
        Images(x)


def test_one_bad_pixel_in_a_late_block_is_found(monkeypatch):
    monkeypatch.setattr("keras_aae.data.images.BLOCK_BYTES", 64)
    x = np.zeros((30, 4, 4), np.float32)
    x[29, 3, 3] = np.nan
    with pytest.raises(DataError, match="nan"):
        Images(x)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros(3, int), r"\(3,\).*\(4,\)"),
        (np.eye(4, dtype=int), "\(4, 4\).*argmax"),
        (np.zeros(4), "float64.*integers"),
        (list("abcd"), "np.unique"),
        ([0, 1, -2, 0], "from -2 to 1.*class numbers from 0"),
        ([0, 1, 10**9, 0], "from 0 to 1000000000"),
    ],
)
def test_labels_that_are_refused(labels, message):
    with pytest.raises(DataError, match=message):
        Images(numbered(4), labels)


def test_labels_of_shape_n_1_and_unknown_ones_are_taken():
    images = Images(numbered(3), [[2], [-1], [0]])
    assert images.labels.tolist() == [2, -1, 0]
    assert images.labels.dtype == np.int32


@pytest.mark.parametrize("positions", [[], np.zeros(4, bool)])
def test_empty_subset_is_refused(positions):
    with pytest.raises(DataError, match="empty"):
        Images(numbered(4)).subset(positions)


def test_positions_outside_are_refused():
    with pytest.raises(DataError, match="Expected positions below 4"):
        Images(numbered(4)).subset([4])
