"""Images in blocks: the same as from memory, in a known order, with ids and labels."""

import numpy as np
import pytest
from PIL import Image

from keras_aae.bulk.streams import DatasetStream, FolderStream, open_stream
from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError


@pytest.fixture
def photos(tmp_path):
    """Gray and colored pictures of odd sizes, some in sub-folders."""
    rng = np.random.default_rng(0)
    for name, shape in {
        "b.png": (9, 5), "a.JPG": (8, 8, 3), "train/cats/1.png": (4, 4),
        "train/dogs/1.png": (7, 8), "birds/x/2.bmp": (6, 6, 3), "test/3.png": (5, 5),
    }.items():  # fmt: skip
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, shape).astype("uint8")
        Image.fromarray(pixels).save(path)
    (tmp_path / "photos" / ".hidden.png").write_bytes(b"nothing")
    (tmp_path / "photos" / "notes.txt").write_text("nothing")
    return tmp_path / "photos"


def test_a_folder_is_read_with_all_below_it(photos):
    stream = open_stream(photos, (8, 8, 1))
    names = ["a.JPG", "b.png", "birds/x/2.bmp", "test/3.png", "train/cats/1.png",
             "train/dogs/1.png"]  # fmt: skip
    assert stream.ids(0, 99) == names and len(stream) == 6
    assert stream.labels(0, 6) == ["", "", "x", "", "cats", "dogs"]
    x = stream.read(1, 4)
    assert x.shape == (3, 8, 8, 1) and x.dtype == np.uint8
    np.testing.assert_array_equal(x[1:], stream.read(2, 4))
    assert open_stream(photos, (4, 6, 3)).read(0, 6).shape == (6, 4, 6, 3)


def test_what_changes_in_a_folder_changes_its_fingerprint(photos):
    before = open_stream(photos, (8, 8, 1)).fingerprint()
    assert open_stream(photos, (8, 8, 1)).fingerprint() == before
    assert open_stream(photos, (8, 8, 3)).fingerprint() != before
    Image.new("L", (3, 3)).save(photos / "b.png")
    changed = open_stream(photos, (8, 8, 1)).fingerprint()
    assert changed != before
    (photos / "c.png").write_bytes((photos / "b.png").read_bytes())
    assert open_stream(photos, (8, 8, 1)).fingerprint() not in (before, changed)


@pytest.mark.parametrize("shape", [(30, 8, 8), (30, 8, 8, 1)])
def test_an_array_stays_on_disk(tmp_path, shape):
    x = np.random.default_rng(0).integers(0, 256, shape).astype("uint8")
    np.save(tmp_path / "x.npy", x)
    stream = open_stream(tmp_path / "x.npy", (8, 8, 1))
    assert len(stream) == 30
    np.testing.assert_array_equal(stream.read(7, 40), x[7:].reshape(-1, 8, 8, 1))
    assert stream.ids(28, 40) == ["28", "29"] and stream.labels(28, 40) == ["", ""]


def test_a_data_set_is_read_part_by_part(toy_images):
    x, y = toy_images
    y = np.where(np.arange(70) == 57, -1, y)
    data = Dataset("toy", Images(x[:56], y[:56]), Images(x[56:], y[56:]), tuple("abcd"))
    stream = DatasetStream(data)
    assert stream.ids(54, 59) == ["train/54", "train/55", "test/0", "test/1", "test/2"]
    expected = ["abcd"[k] if k >= 0 else "" for k in y[54:59]]
    assert stream.labels(54, 59) == expected and "" in expected
    np.testing.assert_array_equal(stream.read(54, 59), x[54:59])
    assert len(stream) == 70 and len(stream.read(60, 99)) == 10


def test_what_no_model_takes_is_refused(tmp_path, photos):
    np.save(tmp_path / "x.npy", np.zeros((3, 5, 5), "uint8"))
    with pytest.raises(DataError, match="5x5x1 .* 8x8x1"):
        open_stream(tmp_path / "x.npy", (8, 8, 1))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no images"):
        open_stream(tmp_path / "empty", (8, 8, 1))
    with pytest.raises(DataError, match="nowhere"):
        open_stream("nowhere", (8, 8, 1))
    (photos / "b.png").write_bytes(b"no picture")
    stream = FolderStream.open(photos, (8, 8, 1))
    with pytest.raises(DataError, match=r"b\.png cannot be read"):
        stream.read(0, 6)
