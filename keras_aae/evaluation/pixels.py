"""Images as numbers are made of them: a part of a split, rows of pixels."""

import numpy as np


def evenly_spaced(images, n: int) -> np.ndarray:
    """At most `n` images of a split, spread evenly over it, (n, H, W, C)."""
    positions = np.linspace(0, len(images) - 1, min(n, len(images))).astype(int)
    return images.gather(positions)[0]


def as_rows(x: np.ndarray) -> np.ndarray:
    """Images as rows of pixels in [0, 1], float32 (n, H * W * C)."""
    scale = 255 if x.dtype == np.uint8 else 1
    return x.reshape(len(x), -1).astype(np.float32) / scale
