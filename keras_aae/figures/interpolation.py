"""Interpolation between the codes of four test images."""

from typing import Annotated, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from keras_aae.abilities import Decodes, Encodes, require
from keras_aae.checks import ListOf, Seed, Several, Whole, validated
from keras_aae.data import Dataset
from keras_aae.errors import RecipeError
from keras_aae.figures.grid import WHITE, thin_gap, tile
from keras_aae.figures.inputs import images_at, varied_positions
from keras_aae.figures.style import (
    FRAME,
    INK,
    NOTE_SIZE,
    add_note,
    house_style,
    image_figure,
)

Corners = Annotated[tuple[int, ...], ListOf(Whole(0), "[0, 1, 2, 3]", 4, 4)]


@validated
def interpolation(
    model: Any,
    dataset: Dataset,
    *,
    n: Several = 20,
    corners: Corners | None = None,
    seed: Seed = 0,
) -> Figure:
    """Draw n x n images decoded between the codes of four test images.

    z(s, t) = (1 - t) [(1 - s) z_1 + s z_2] + t [(1 - s) z_3 + s z_4]

    s runs from 0 to 1 to the right, t from 0 to 1 downwards, so the corners are the
    reconstructions of the four images. The originals are shown beside the corners. All
    codes are decoded in one call.

    Args:
        model: Model with `encode` and `decode`.
        dataset: Data set whose test images are interpolated.
        n: Number of images along each side.
        corners: Positions of the four test images: top left, top right, bottom left,
            bottom right. If None, they are drawn at random, of different classes where
            possible.
        seed: Seed of the random positions.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        RecipeError: `corners` are not four positions of test images.
    """
    require(model, Encodes, Decodes, by="Figure 'interpolation'")
    positions = _corners(corners, dataset, seed)
    originals = images_at(dataset, positions)
    images = model.decode(bilinear(model.encode(originals), n))
    return _figure(images, originals, n, dataset.note)


def _corners(corners, dataset, seed: int) -> np.ndarray:
    if corners is None:
        return varied_positions(dataset, 4, seed)
    if max(corners) < len(dataset.test):
        return np.array(corners)
    raise RecipeError(
        f"Invalid corners {corners!r}. Expected 4 positions of test images, from 0 to "
        f"{len(dataset.test) - 1}."
    )


def bilinear(codes: np.ndarray, n: int) -> np.ndarray:
    """Interpolate four codes on an n x n grid, row by row, (n * n, latent_dim)."""
    t, s = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n), indexing="ij")
    weights = np.stack([(1 - t) * (1 - s), (1 - t) * s, t * (1 - s), t * s], axis=-1)
    return (weights.reshape(n * n, 4) @ codes).astype("float32")


@house_style()
def _figure(images: np.ndarray, originals: np.ndarray, n: int, note: str):
    _, height, width, channels = images.shape
    grid = tile(images, columns=n)
    side = width + 4 * thin_gap(images)
    whole = np.full((len(grid), grid.shape[1] + 2 * side, channels), WHITE, "float32")
    whole[:, side:-side] = grid
    below, right = len(grid) - height, whole.shape[1] - width
    places = [(0, 0), (0, right), (below, 0), (below, right)]
    for (top, left), original in zip(places, originals, strict=True):
        whole[top : top + height, left : left + width] = original
    figure, axes = image_figure(whole, tile=max(height, width))
    for top, left in places if n > 3 else ():  # fewer rows leave no room for the text
        _name(axes, left + (width - 1) / 2, top, height)
    for left in (side, right - side):
        for top in (0, below):
            axes.add_patch(Rectangle((left, top), width - 1, height - 1, **FRAME))
    add_note(figure, note)
    return figure


def _name(axes, middle: float, top: int, height: int):
    """Write "original" beside an image, on the side of the middle of the page."""
    low = top > 0
    axes.annotate(
        "original",
        (middle, top - 0.5 if low else top + height - 0.5),
        xytext=(0, 3 if low else -3),
        textcoords="offset points",
        rotation=90,
        ha="center",
        va="bottom" if low else "top",
        size=NOTE_SIZE,
        color=INK,
    )
