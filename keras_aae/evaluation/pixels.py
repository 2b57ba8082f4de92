"""Images prepared for metrics: subsets of a split, rows of pixels."""

import numpy as np

from keras_aae.data import Images
from keras_aae.errors import UnsupportedError

SMALL = 16  # pixels per side: enough to classify by, few enough to learn from


def evenly_spaced(images: Images, n: int) -> np.ndarray:
    """Return at most `n` images of a split, spaced evenly over it, (n, H, W, C)."""
    positions = np.linspace(0, len(images) - 1, min(n, len(images))).astype(int)
    return images.gather(positions)[0]


def labeled(images: Images, n: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the labeled images of a split, and their classes.

    Args:
        images: Images of a split.
        n: Maximum number of images, spaced evenly over the split; None for all.

    Raises:
        UnsupportedError: The split has no labels.
    """
    labels = images.labels
    if labels is None or not (labels >= 0).any():
        raise UnsupportedError(
            "Errors and accuracies need labeled images. Use another data set."
        )
    known = np.flatnonzero(labels >= 0)
    if n is not None and n < len(known):
        known = known[np.linspace(0, len(known) - 1, n).astype(int)]
    return images.gather(known)[0], labels[known]


def as_rows(x: np.ndarray) -> np.ndarray:
    """Return images as rows of pixels in [0, 1], float32 (n, H * W * C)."""
    scale = 255 if x.dtype == np.uint8 else 1
    return x.reshape(len(x), -1).astype(np.float32) / scale


def as_small_rows(x: np.ndarray) -> np.ndarray:
    """Return images, reduced to at most 16 pixels per side, as rows in [0, 1].

    Each pixel is the mean of a square of k x k pixels. Incomplete squares at the edges
    are dropped.
    """
    n, height, width, channels = x.shape
    k = -(-max(height, width) // SMALL)
    squares = x[:, : height // k * k, : width // k * k].reshape(
        n, height // k, k, width // k, k, channels
    )
    scale = 255 if x.dtype == np.uint8 else 1
    return squares.mean(axis=(2, 4), dtype=np.float32).reshape(n, -1) / scale
