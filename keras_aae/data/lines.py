"""Synthetic point clouds along lines, as coordinates and as images.

References:
    Autoencoder Lines, in keras-adversarial-autoencoders (van Rossum, 2018); its own
    data file is not published
    https://github.com/mrquincle/keras-adversarial-autoencoders
"""

from pathlib import Path

import numpy as np

from keras_aae.data.dataset import Dataset
from keras_aae.data.images import Images

CLOUDS = 100
TRAIN_CLOUDS = 80
POINTS = 200
OUTLIERS = 20
MOST_SEGMENTS = 4
SHORTEST = 0.4  # minimum length of a segment, relative to the side of the square
MARGIN = 0.1  # ten standard deviations of the noise, so points stay in the square
NOISE = 0.01
SIDE = 28  # pixels
SEED = 0


def load_lines_coordinates(data_dir: str | Path | None = None) -> Dataset:
    """Load 100 clouds of 200 points in the unit square, as images of 200x2 in [0, 1].

    Row i of an image is point i: x, then y. A cloud has 2 to 4 segments with equally
    many noisy points each, and 20 outliers. 80 clouds are for training, 20 for testing;
    the split is always the same.

    A dense network has separate weights for every row, so rows must mean the same in
    all clouds. Segments are sorted by their left ends, the points of each along the
    segment from its left end; outliers come last, from left to right.

    Args:
        data_dir: Folder of data files; not used.
    """
    del data_dir
    return _dataset("lines-coordinates", clouds())


def load_lines(data_dir: str | Path | None = None) -> Dataset:
    """Load the clouds of `load_lines_coordinates` as images of 28x28, 0 or 255.

    Args:
        data_dir: Folder of data files; not used.
    """
    del data_dir
    return _dataset("lines", rasterized(clouds()))


def _dataset(name: str, x: np.ndarray) -> Dataset:
    return Dataset(name, Images(x[:TRAIN_CLOUDS]), Images(x[TRAIN_CLOUDS:]))


def clouds() -> np.ndarray:
    """Generate the points (x, y) of all clouds, float32 (100, 200, 2) in [0, 1]."""
    rng = np.random.default_rng(SEED)
    return np.stack([_cloud(rng) for _ in range(CLOUDS)]).astype(np.float32)


def _cloud(rng: np.random.Generator) -> np.ndarray:
    ends = [_segment(rng) for _ in range(rng.integers(2, MOST_SEGMENTS + 1))]
    ends.sort(key=lambda segment: segment[0, 0])
    shares = np.array_split(np.arange(POINTS - OUTLIERS), len(ends))
    along = [
        _points(rng, e[0], e[1], len(share))
        for e, share in zip(ends, shares, strict=True)
    ]
    outliers = rng.random((OUTLIERS, 2))
    return np.concatenate([*along, outliers[outliers[:, 0].argsort()]])


def _segment(rng: np.random.Generator) -> np.ndarray:
    """Draw the left and the right end of a segment, (2, 2)."""
    while True:
        ends = rng.uniform(MARGIN, 1 - MARGIN, (2, 2))
        if np.linalg.norm(ends[1] - ends[0]) >= SHORTEST:
            return ends[ends[:, 0].argsort()]


def _points(
    rng: np.random.Generator, left: np.ndarray, right: np.ndarray, n: int
) -> np.ndarray:
    """Draw `n` noisy points of a segment, in order along it, (n, 2)."""
    t = np.sort(rng.random(n))[:, None]
    return left + t * (right - left) + rng.normal(0, NOISE, (n, 2))


def rasterized(points: np.ndarray) -> np.ndarray:
    """Return images with 255 in pixels that contain a point, uint8 (n, 28, 28).

    x increases to the right and y upwards. The edges x = 1 and y = 1 belong to the last
    pixels.

    Args:
        points: Points, (n, points, 2) in [0, 1].
    """
    cells = np.minimum((points * SIDE).astype(int), SIDE - 1)
    images = np.zeros((len(points), SIDE, SIDE), np.uint8)
    cloud = np.arange(len(points))[:, None]
    images[cloud, SIDE - 1 - cells[..., 1], cells[..., 0]] = 255
    return images
