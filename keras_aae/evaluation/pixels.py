"""Images as numbers are made of them: a part of a split, rows of pixels."""

import numpy as np

from keras_aae.errors import UnsupportedError

SMALL = 16  # pixels a side, many enough to classify by, and few enough to learn from


def evenly_spaced(images, n: int) -> np.ndarray:
    """At most `n` images of a split, spread evenly over it, (n, H, W, C)."""
    positions = np.linspace(0, len(images) - 1, min(n, len(images))).astype(int)
    return images.gather(positions)[0]


def labeled(images, n: int | None = None):
    """The images of a split whose class is known, and their classes.

    Args:
        images: a split.
        n: at most so many, spread evenly over it; None for all.

    Raises:
        UnsupportedError: there are none.
    """
    labels = images.labels
    if labels is None or not (labels >= 0).any():
        raise UnsupportedError(
            "Errors and accuracies need labeled images. Use another data set."
        )
    known = np.flatnonzero(labels >= 0)
    if n is not None and n < len(known):
        known = known[np.linspace(0, len(known) - 1, n).astype(int)]
    return images.gather(known)


def as_rows(x: np.ndarray) -> np.ndarray:
    """Images as rows of pixels in [0, 1], float32 (n, H * W * C)."""
    scale = 255 if x.dtype == np.uint8 else 1
    return x.reshape(len(x), -1).astype(np.float32) / scale


def as_small_rows(x: np.ndarray) -> np.ndarray:
    """The same of images made smaller, to at most 16 pixels a side.

    Each pixel is the mean of a square of k x k; what is over at the edges is left out.
    """
    n, height, width, channels = x.shape
    k = -(-max(height, width) // SMALL)
    squares = x[:, : height // k * k, : width // k * k].reshape(
        n, height // k, k, width // k, k, channels
    )
    scale = 255 if x.dtype == np.uint8 else 1
    return squares.mean(axis=(2, 4), dtype=np.float32).reshape(n, -1) / scale
