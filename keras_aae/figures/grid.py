"""Tiling of images."""

import math

import numpy as np

from keras_aae.errors import KerasAAEError

WHITE = 1.0


def tile(images: np.ndarray, columns: int) -> np.ndarray:
    """Tile images row by row on one image, with thin white gaps between them.

    Args:
        images: Images (n, H, W, C) in [0, 1], C = 1 or 3.
        columns: Number of images in a row; the rest of the last row is white.

    Returns:
        Image (rows * (H + gap) - gap, columns * (W + gap) - gap, C), float32.
    """
    images = _check(images)
    gap = thin_gap(images)
    n, height, width, channels = images.shape
    rows = math.ceil(n / columns)
    cells = np.full(
        (rows * columns, height + gap, width + gap, channels), WHITE, "float32"
    )
    cells[:n, :height, :width] = images
    cells = cells.reshape(rows, columns, height + gap, width + gap, channels)
    whole = cells.transpose(0, 2, 1, 3, 4)
    whole = whole.reshape(rows * (height + gap), columns * (width + gap), channels)
    return whole[:-gap, :-gap]


def thin_gap(images: np.ndarray) -> int:
    """Return the pixels between two tiles: 1, or more from 56 x 56 pixels on."""
    return max(1, min(images.shape[1:3]) // 28)


def side_by_side(strips: list[np.ndarray]) -> np.ndarray:
    """Tile strips of equal length as columns, one image per row."""
    rows = np.stack(strips, axis=1)
    return tile(rows.reshape(-1, *rows.shape[2:]), columns=len(strips))


def near_square(n: int) -> int:
    """Return the columns of a grid of `n` images that is square or wider than high."""
    return math.ceil(math.sqrt(n))


def _check(images: np.ndarray) -> np.ndarray:
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not len(images):
        raise KerasAAEError(
            f"Invalid images of shape {images.shape}. Expected at least one, as "
            "(n, height, width, 1 or 3). Reshape the array."
        )
    return images
