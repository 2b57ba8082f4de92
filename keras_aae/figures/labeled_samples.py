"""Images of a data set with the names of their true and predicted classes."""

import numpy as np
from matplotlib.figure import Figure

from keras_aae.checks import Count, Seed, validated
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.figures.classes import short_name
from keras_aae.figures.inputs import Part, images_at, part_of, varied_positions
from keras_aae.figures.titled import titled_images

LARGEST = 0.96  # inches, largest side of an image with class names above it
LETTERS = 10  # of a class name


@validated
def labeled_samples(
    dataset: Dataset,
    *,
    n: Count = 25,
    columns: Count = 5,
    part: Part = "train",
    seed: Seed = 0,
) -> Figure:
    """Draw `n` random images with 'T: class' above each.

    Each class is drawn once before any is drawn again. Frames have the class colors.

    Args:
        dataset: Labeled data set.
        seed: Seed of the random draw.
        n: Number of images.
        columns: Number of images in a row.
        part: Split, "train" or "test".

    Raises:
        UnsupportedError: The data set has no labels.
        DataError: The split has fewer than `n` images.
        KerasAAEError: The split is unknown.
    """
    images = part_of(dataset, part)
    if images.labels is None:
        raise UnsupportedError(
            "Figure 'labeled-samples' needs labeled images. Choose another data set."
        )
    chosen = varied_positions(dataset, n, seed, part)
    names = [short_name(name, LETTERS) for name in dataset.class_names]
    titles = [f"T: {_name(names, label)}" for label in images.labels[chosen]]
    return _sheet(dataset, part, chosen, titles, columns)


def guessed_samples(
    dataset: Dataset, given: np.ndarray, seed: int = 0, *, n: int = 25
) -> Figure:
    """Draw `n` random test images with the predicted class above each.

    If the prediction is wrong, the true class follows in parentheses.

    Args:
        dataset: Data set whose test images all have labels.
        given: Predicted classes of all test images, (n,).
        seed: Seed of the random draw.
        n: Number of images, at most all test images.
    """
    chosen = varied_positions(dataset, min(n, len(dataset.test)), seed)
    names = [short_name(name, LETTERS) for name in dataset.class_names]
    titles = [
        names[guess] + (f" ({names[label]})" if guess != label else "")
        for guess, label in zip(given[chosen], dataset.test.labels[chosen], strict=True)
    ]
    return _sheet(dataset, "test", chosen, titles, 5)


def _name(names: list[str], label: int) -> str:
    return names[label] if label >= 0 else "?"


def _sheet(
    dataset: Dataset, part: str, chosen: np.ndarray, titles: list[str], columns: int
) -> Figure:
    return titled_images(
        images_at(dataset, chosen, part),
        titles,
        min(columns, len(chosen)),
        dataset.note,
        labels=part_of(dataset, part).labels[chosen],
        names=dataset.class_names,
        largest=LARGEST,
    )
