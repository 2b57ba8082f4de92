import errno
import os

import numpy as np
import pytest
from PIL import Image

from keras_aae.errors import KerasAAEError, RunError
from keras_aae.figures import draw, save
from keras_aae.figures.animation import Animation
from keras_aae.figures.saving import GRAYS

SIGNATURES = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


@pytest.fixture
def figure(model, dataset):
    return draw("scatterplot", model=model, dataset=dataset)


@pytest.mark.parametrize("ending", SIGNATURES)
def test_the_ending_decides_and_the_bytes_repeat(
    ending, figure, model, dataset, tmp_path
):
    again = draw("scatterplot", model=model, dataset=dataset)
    contents = [
        save(drawn, tmp_path / f"{i}.{ending}").read_bytes()
        for i, drawn in enumerate([figure, figure, again])
    ]
    assert contents[0].startswith(SIGNATURES[ending])
    assert contents[0] == contents[1] == contents[2]


def test_text_stays_text_and_points_become_pixels(figure, tmp_path):
    svg = save(figure, tmp_path / "scatterplot.svg").read_text()
    assert ">class 7</text>" in svg
    assert svg.count("<image ") == 1
    assert "Date" not in svg


def test_capital_endings_are_understood(figure, tmp_path):
    assert save(figure, str(tmp_path / "A.PNG")).read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def animation():
    gray = np.linspace(0, 255, 3 * 4 * 5).astype("uint8").reshape(3, 4, 5, 1)
    return Animation(gray, seconds_per_frame=0.25)


def test_an_animation_is_a_gif_that_loops(animation, tmp_path):
    path = save(animation, tmp_path / "a.gif")
    with Image.open(path) as image:
        assert (image.n_frames, image.size) == (3, (5, 4))
        assert (image.info["duration"], image.info["loop"]) == (250, 0)
        for i, frame in enumerate(animation.frames):
            image.seek(i)
            shown = np.asarray(image.convert("L"), dtype=int)
            assert np.abs(shown - frame[..., 0]).max() <= 255 / (GRAYS - 1) / 2 + 1
    assert save(animation, tmp_path / "b.GIF").read_bytes() == path.read_bytes()


def test_black_stays_black_and_colors_stay_colors(tmp_path):
    frames = np.zeros((2, 4, 4, 3), "uint8")
    frames[0, :2], frames[1, :, :2] = (200, 30, 10), (0, 90, 250)
    with Image.open(save(Animation(frames, 0.1), tmp_path / "a.gif")) as image:
        for i, frame in enumerate(frames):
            image.seek(i)
            np.testing.assert_array_equal(np.asarray(image.convert("RGB")), frame)


def test_animations_and_still_figures_have_their_own_formats(
    animation, figure, tmp_path
):
    with pytest.raises(
        KerasAAEError, match="animation cannot.*'a.png'.*ending in .gif"
    ):
        save(animation, tmp_path / "a.png")
    with pytest.raises(
        KerasAAEError, match=r"still figure cannot.*'a.gif'.*\.png, \.svg"
    ):
        save(figure, tmp_path / "a.gif")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["figure.jpg", "figure"])
def test_unknown_endings_list_the_formats(name, figure, tmp_path):
    with pytest.raises(KerasAAEError, match=rf"{name}'. .*\.png, \.svg, \.pdf"):
        save(figure, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_one_line(figure, tmp_path):
    with pytest.raises(RunError, match="missing.*No such file.*folder") as info:
        save(figure, tmp_path / "missing" / "figure.png")
    assert "\n" not in str(info.value)


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS])
def test_a_failed_write_leaves_the_old_file_alone(fault, figure, tmp_path, monkeypatch):
    path = tmp_path / "figure.png"
    path.write_bytes(b"old")

    def fail(*args):
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(RunError, match=os.strerror(fault)):
        save(figure, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
