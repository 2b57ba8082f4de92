"""Many images laid out as one."""

import math

import numpy as np

from keras_aae.errors import KerasAAEError

WHITE = 1.0


def tile(images: np.ndarray, columns: int) -> np.ndarray:
    """Lay images out row by row on one image, thin white gaps between them.

    Args:
        images: (n, H, W, C) in [0, 1], C = 1 or 3.
        columns: images in a row; what is left of the last row stays white.

    Returns:
        (rows * (H + gap) - gap, columns * (W + gap) - gap, C), float32.
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
    """Pixels between two tiles: one, more where the images are larger than MNIST's."""
    return max(1, min(images.shape[1:3]) // 28)


def side_by_side(strips: list[np.ndarray]) -> np.ndarray:
    """Lay equally long strips of images out as columns: one image a row."""
    rows = np.stack(strips, axis=1)
    return tile(rows.reshape(-1, *rows.shape[2:]), columns=len(strips))


def near_square(n: int) -> int:
    """Columns of the grid for `n` images that is as high as wide, or a row less."""
    return math.ceil(math.sqrt(n))


def _check(images: np.ndarray) -> np.ndarray:
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not len(images):
        raise KerasAAEError(
            "Invalid images. Expected at least one, as (n, height, width, 1 or 3). "
            f"Received: shape={images.shape}."
        )
    return images
