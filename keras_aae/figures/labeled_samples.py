"""Images of a data set under the names of their classes, and under what they are taken for."""

import numpy as np

from keras_aae.checks import Count, Seed, validated
from keras_aae.errors import UnsupportedError
from keras_aae.figures.classes import short_name
from keras_aae.figures.inputs import Part, images_at, part_of, varied_positions
from keras_aae.figures.titled import titled_images

LARGEST = 0.96  # inches, an image with a name or two above it
LETTERS = 10  # of a name


@validated
def labeled_samples(
    dataset, *, n: Count = 25, columns: Count = 5, part: Part = "train", seed: Seed = 0
):
    """`n` images drawn at random, 'T: class' above each.

    No class is drawn twice before all were once. A frame has the color of the class.

    Args:
        dataset: with labels.
        seed: of the draw.
        n: images.
        columns: images in a row.
        part: "train" or "test".

    Raises:
        UnsupportedError: there are no labels.
        DataError: there are fewer images.
        KerasAAEError: there is no such part.
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


def guessed_samples(dataset, given: np.ndarray, seed: int = 0, *, n: int = 25):
    """`n` test images drawn at random under the class that each is given.

    Where that is wrong, the image's own class stands behind it in brackets.

    Args:
        dataset: whose test images all have labels.
        given: (test images,) the class that each is given.
        seed: of the draw.
        n: images; fewer if there are fewer.
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


def _sheet(dataset, part: str, chosen: np.ndarray, titles: list[str], columns: int):
    return titled_images(
        images_at(dataset, chosen, part),
        titles,
        min(columns, len(chosen)),
        dataset.note,
        labels=part_of(dataset, part).labels[chosen],
        names=dataset.class_names,
        largest=LARGEST,
    )
