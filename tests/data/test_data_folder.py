"""Image folders: layouts, modes, sizes, and every kind of file that is refused."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from keras_aae.data import load_dataset
from keras_aae.data.folder import load_folder
from keras_aae.data.pictures import read_picture
from keras_aae.errors import DataError

RNG = np.random.default_rng(0)


def gray(value=None, shape=(6, 4)):
    pixels = RNG.integers(0, 256, shape) if value is None else np.full(shape, value)
    return Image.fromarray(pixels.astype(np.uint8))


def write(path, image=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    (image or gray()).save(path)
    return path


def write_flat(folder, n=3):
    return [write(folder / f"{k}.png", gray(k)) for k in range(n)]


def test_class_folders(tmp_path):
    for k in range(20):
        write(tmp_path / "b" / f"{k:02}.png", gray(k))
        write(tmp_path / "a" / f"{k:02}.bmp", gray(100 + k))
    dataset = load_dataset(tmp_path)
    assert dataset.class_names == ("a", "b")
    assert dataset.name == tmp_path.name
    assert dataset.image_shape == (6, 4, 1)
    assert (len(dataset.train), len(dataset.test)) == (36, 4)
    assert dataset.test.labels.tolist() == [0, 0, 1, 1]
    for part in (dataset.train, dataset.test):
        values = part.array()[:, 0, 0, 0]
        np.testing.assert_array_equal(part.labels, values < 100)
        assert np.all(np.diff(values[part.labels == 0]) > 0)


def test_train_and_test_folders(tmp_path):
    for part, n in (("train", 4), ("test", 2)):
        for name in ("cat", "dog"):
            write_flat(tmp_path / part / name, n)
    dataset = load_folder(tmp_path)
    assert dataset.class_names == ("cat", "dog")
    assert dataset.train.labels.tolist() == [0] * 4 + [1] * 4
    assert dataset.test.labels.tolist() == [0, 0, 1, 1]


def test_flat_train_and_test_folders(tmp_path):
    write_flat(tmp_path / "train", 4)
    write_flat(tmp_path / "test", 2)
    dataset = load_folder(tmp_path)
    assert dataset.class_names == ()
    assert (len(dataset.train), len(dataset.test)) == (4, 2)


def test_flat_folder_passes_over_what_is_no_image(tmp_path):
    write_flat(tmp_path, 12)
    write(tmp_path / ".hidden.png")
    write(tmp_path / ".thumbnails" / "0.png")
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "empty").mkdir()
    dataset = load_folder(tmp_path)
    assert len(dataset.train) + len(dataset.test) == 12
    assert dataset.train.labels is None


@pytest.mark.parametrize("ending", ["png", "bmp", "PNG"])
@pytest.mark.parametrize("channels", [1, 3])
def test_lossless_round_trip(tmp_path, ending, channels):
    pixels = RNG.integers(0, 256, (7, 5, channels), dtype=np.uint8)
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    path = write(tmp_path / f"a.{ending}", image)
    np.testing.assert_array_equal(read_picture(path, None, channels), pixels)


def test_jpeg_is_close(tmp_path):
    ramp = np.tile(np.arange(0, 240, 10, dtype=np.uint8), (24, 1))
    path = tmp_path / "a.jpeg"
    Image.fromarray(ramp).save(path, quality=95)
    assert np.abs(read_picture(path, None, 1)[..., 0] - ramp.astype(int)).max() < 8


def test_color_if_any_image_has_colors(tmp_path):
    write_flat(tmp_path, 3)
    assert load_folder(tmp_path).image_shape == (6, 4, 1)
    write(tmp_path / "9.png", Image.new("RGB", (4, 6), (255, 0, 0)))
    assert load_folder(tmp_path).image_shape == (6, 4, 3)
    assert load_folder(tmp_path, channels=1).image_shape == (6, 4, 1)


def test_image_size_resizes_all(tmp_path):
    write(tmp_path / "a.png", gray(50, (9, 9)))
    write(tmp_path / "b.png", gray(50, (20, 3)))
    assert load_folder(tmp_path, image_size=8).image_shape == (8, 8, 1)
    dataset = load_folder(tmp_path, image_size=(4, 6))
    assert dataset.image_shape == (4, 6, 1)
    assert np.all(dataset.train.array() == 50)


def test_exif_orientation_is_applied(tmp_path):
    pixels = RNG.integers(0, 256, (3, 5), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    turned = read_picture(tmp_path / "a.png", None, 1)[..., 0]
    np.testing.assert_array_equal(turned, np.rot90(pixels, -1))


def test_16_bit_gray_is_scaled(tmp_path):
    pixels = np.array([[0, 257, 32896, 65535]], np.uint16)
    path = write(tmp_path / "a.png", Image.fromarray(pixels))
    assert read_picture(path, None, 1)[0, :, 0].tolist() == [0, 1, 128, 255]
    assert read_picture(path, None, 3)[0, :, 2].tolist() == [0, 1, 128, 255]


def test_palette_and_bilevel_images(tmp_path):
    colors = Image.new("RGB", (2, 1))
    colors.putdata([(255, 0, 0), (0, 0, 255)])
    path = write(tmp_path / "p.png", colors.convert("P"))
    assert read_picture(path, None, 3).tolist() == [[[255, 0, 0], [0, 0, 255]]]
    path = write(tmp_path / "1.png", Image.fromarray(np.array([[True, False]])))
    assert read_picture(path, None, 1)[0, :, 0].tolist() == [255, 0]


def test_transparent_parts_become_white(tmp_path):
    image = Image.new("RGBA", (2, 1))
    image.putdata([(0, 200, 0, 255), (0, 200, 0, 0)])
    path = write(tmp_path / "a.png", image)
    assert read_picture(path, None, 3).tolist() == [[[0, 200, 0], [255, 255, 255]]]
    path = write(tmp_path / "b.png", Image.new("LA", (1, 1), (7, 0)))
    assert read_picture(path, None, 1).item() == 255


def test_cmyk_jpeg_becomes_rgb(tmp_path):
    path = write(tmp_path / "a.jpg", Image.new("CMYK", (8, 8), (0, 255, 255, 0)))
    red, green, blue = read_picture(path, None, 3)[4, 4]
    assert red > 240 and green < 15 and blue < 15


def truncate(path):
    write(path, gray(shape=(60, 60)))
    path.write_bytes(path.read_bytes()[:-400])


def empty(path):
    path.write_bytes(b"")


def text(path):
    path.write_text("not an image")


def gif(path):
    gray().save(path, format="GIF")


def other_kind(path):
    gray().save(path, format="JPEG" if path.suffix == ".png" else "PNG")


def broken_link(path):
    path.symlink_to(path.parent / "gone")


def link_to_itself(path):
    path.symlink_to(path)


def pipe(path):
    os.mkfifo(path)


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
@pytest.mark.parametrize(
    "spoil",
    [truncate, empty, text, gif, other_kind, broken_link, link_to_itself, pipe],
)
def test_unreadable_image_is_named(tmp_path, spoil, ending):
    write_flat(tmp_path, 2)
    spoil(tmp_path / f"bad.{ending}")
    with pytest.raises(DataError, match=rf"bad\.{ending} cannot be read as an image"):
        load_folder(tmp_path)


def test_animated_image_is_refused(tmp_path):
    gray(0).save(tmp_path / "a.png", save_all=True, append_images=[gray(9)])
    with pytest.raises(DataError, match="a.png .*more than one frame"):
        load_folder(tmp_path)


@pytest.mark.parametrize("limit", [20, 10])
def test_decompression_bomb_is_refused(tmp_path, monkeypatch, limit):
    write(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    with pytest.raises(DataError, match="a.png .*bomb"):
        load_folder(tmp_path)


def test_odd_size_is_named(tmp_path):
    write_flat(tmp_path, 3)
    write(tmp_path / "1.png", gray(0, (4, 6)))
    with pytest.raises(DataError, match=r"1\.png is 4x6 .* 0\.png is 6x4.*image-size"):
        load_folder(tmp_path)


def test_folder_links_in_a_circle_do_not_hang(tmp_path):
    write_flat(tmp_path / "a", 3)
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert load_folder(tmp_path).class_names == ("a",)


@pytest.mark.parametrize("files", [[], ["a.txt", "b.gif"], ["sub/deep/a.png"]])
def test_folder_without_images(tmp_path, files):
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match=r"holds no images.*\.png, \.jpg, \.jpeg, \.b"):
        load_folder(tmp_path)


def test_empty_class_folder_is_named(tmp_path):
    write_flat(tmp_path / "full")
    (tmp_path / "void").mkdir()
    with pytest.raises(DataError, match="Sub-folder void .*holds no images"):
        load_folder(tmp_path)


def test_images_beside_class_folders_are_refused(tmp_path):
    write_flat(tmp_path)
    write_flat(tmp_path / "cat")
    with pytest.raises(DataError, match="one or the other. Move 0.png or .* cat away"):
        load_folder(tmp_path)


def test_test_class_without_train_images(tmp_path):
    write_flat(tmp_path / "train" / "cat")
    write_flat(tmp_path / "test" / "dog")
    with pytest.raises(DataError, match="has the class dog that the train part lacks"):
        load_folder(tmp_path)
    shutil.rmtree(tmp_path / "test" / "dog")
    write_flat(tmp_path / "test")
    with pytest.raises(DataError, match="has images without a class"):
        load_folder(tmp_path)


def test_missing_folder(tmp_path):
    with pytest.raises(DataError, match="cannot be read .No such file"):
        load_folder(tmp_path / "gone")


@pytest.mark.parametrize("size", [0, -3, (8,), (8, 8, 8), 2.5, "28"])
def test_invalid_image_size(tmp_path, size):
    with pytest.raises(DataError, match="Invalid image_size"):
        load_folder(tmp_path, image_size=size)


def test_invalid_channels(tmp_path):
    with pytest.raises(DataError, match="Invalid channels 4"):
        load_folder(tmp_path, channels=4)


def test_too_large_for_the_memory(tmp_path, monkeypatch):
    def no_memory(shape, dtype):
        raise MemoryError

    write_flat(tmp_path)
    monkeypatch.setattr("keras_aae.data.pictures.np.empty", no_memory)
    with pytest.raises(DataError, match="3 images of 6x4 need .* GiB.*image-size"):
        load_folder(tmp_path)
