"""Images selected from a data set for a figure."""

from typing import Annotated

import numpy as np

from keras_aae.checks import Choice
from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError
from keras_aae.lookup import check_name

PARTS = {"train": "images trained on", "test": "images kept back"}
Part = Annotated[str, Choice(PARTS)]


def first_images(dataset: Dataset, n: int, part: str = "test") -> np.ndarray:
    """Return the first `n` images of a part or fewer, (n, H, W, C) in [0, 1]."""
    count = min(n, len(part_of(dataset, part)))
    return images_at(dataset, np.arange(count), part)


def images_at(
    dataset: Dataset, positions: np.ndarray, part: str = "test"
) -> np.ndarray:
    """Return the images of a part at `positions`, (n, H, W, C) in [0, 1], float32."""
    images, _ = part_of(dataset, part).gather(positions)
    scale = 255.0 if images.dtype == np.uint8 else 1.0
    return images.astype("float32") / scale


def part_of(dataset: Dataset, name: str) -> Images:
    """Return the training or the test images of a data set.

    Raises:
        KerasAAEError: there is no such part.
    """
    parts = {"train": dataset.train, "test": dataset.test}
    return parts[check_name(name, PARTS, "part of a data set:")]


def varied_positions(
    dataset: Dataset, n: int, seed: int, part: str = "test"
) -> np.ndarray:
    """Draw positions of `n` images of a part at random, with the classes balanced.

    No class repeats before all have appeared.

    Raises:
        DataError: there are fewer images.
    """
    images = part_of(dataset, part)
    total, labels = len(images), images.labels
    if n > total:
        raise DataError(
            f"Data set {dataset.name!r} has {total} {part} images. Expected at least "
            f"{n}. Use fewer images or another data set."
        )
    order = np.random.default_rng(seed).permutation(total)
    if labels is not None:
        order = order[np.argsort(_times_before(labels[order]), kind="stable")]
    return order[:n]


def _times_before(labels: np.ndarray) -> np.ndarray:
    """Count the earlier occurrences of each label, (n,)."""
    by_class = np.argsort(labels, kind="stable")
    _, starts, counts = np.unique(
        labels[by_class], return_index=True, return_counts=True
    )
    times = np.empty(len(labels), int)
    times[by_class] = np.arange(len(labels)) - np.repeat(starts, counts)
    return times
