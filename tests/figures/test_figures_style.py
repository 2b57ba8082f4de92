from concurrent.futures import ThreadPoolExecutor

import matplotlib
import numpy as np
import pytest

from keras_aae.figures import draw, save
from keras_aae.figures.style import PALETTE

# Linear RGB as perceived without one kind of cone: "A physiologically-based model for
# simulation of color vision deficiency" (Machado et al., 2009), severity 1.
SIGHT = {
    "full": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}


def oklab(linear):
    """Return OKLab coordinates, whose distance is perceptual (Ottosson, 2020)."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    opponents = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.cbrt(np.clip(linear, 0, 1) @ cones.T) @ opponents.T


def seen(sight):
    codes = [[int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)] for color in PALETTE]
    codes = np.array(codes)
    linear = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    return oklab(linear @ np.transpose(SIGHT[sight]))


@pytest.mark.parametrize("sight", SIGHT)
def test_ten_classes_stay_apart(sight):
    colors = seen(sight)
    apart = np.linalg.norm(colors[:, None] - colors, axis=-1)[np.triu_indices(10, 1)]
    assert len(apart) == 45
    # matplotlib's ten colors reach 0.007 for deuteranopia and 0.023 for protanopia.
    assert apart.min() > 0.135


@pytest.fixture
def picture(model, dataset, tmp_path):
    """Return a function that draws and saves a figure, and returns its bytes."""

    def picture(name="figure.png"):
        figure = draw("scatterplot", model=model, dataset=dataset)
        return save(figure, tmp_path / name).read_bytes()

    return picture


def test_the_users_settings_neither_show_nor_change(picture):
    expected = picture()
    mine = {"font.size": 30, "axes.facecolor": "black", "savefig.bbox": "tight"}
    with matplotlib.rc_context(mine):
        before = dict(matplotlib.rcParams)
        assert picture() == expected
        assert dict(matplotlib.rcParams) == before


def test_threads_draw_the_same_and_leave_the_settings(picture):
    before = dict(matplotlib.rcParams)
    with ThreadPoolExecutor(4) as pool:
        pictures = set(pool.map(picture, [f"{i}.png" for i in range(6)]))
    assert len(pictures) == 1
    assert dict(matplotlib.rcParams) == before
