"""Test images that a classifier takes for another class."""

import numpy as np

from keras_aae.errors import UnsupportedError
from keras_aae.figures.class_rows import classify_test_images
from keras_aae.figures.classes import short_name
from keras_aae.figures.grid import WHITE, thin_gap, tile
from keras_aae.figures.inputs import check_count, images_at
from keras_aae.figures.rows import away, in_blocks
from keras_aae.figures.style import EDGE, PAGE, add_note, house_style, image_figure

LINE = 0.11  # inches, a line of text above an image
LETTERS = 8  # of a name, above an image
SHORT = 2  # letters of names that stand beside each other


def misclassified(model, dataset, *, n: int = 40, columns: int = 10):
    """The `n` test images that are most surely given a wrong class.

    Above each stands the class that it is given, and its own in brackets.

    Args:
        model: with `class_probabilities`, trained with labels.
        dataset: whose test images are shown.
        n: images; fewer if fewer are misclassified.
        columns: images in a row.

    Raises:
        UnsupportedError: the model does not classify, no test image has a label, or none
            is given a wrong class.
    """
    check_count("n", n)
    probabilities = classify_test_images(model, dataset, "misclassified")
    labels = _labels(model, dataset)
    found = probabilities.argmax(axis=1)
    missed = np.flatnonzero((found != labels) & (labels >= 0))
    if not len(missed):
        raise UnsupportedError(
            "Figure 'misclassified' has nothing to show: every test image is given its "
            "class. Choose another figure."
        )
    order = np.argsort(-probabilities[missed, found[missed]], kind="stable")
    shown = missed[order[:n]]
    names = [short_name(name, LETTERS) for name in dataset.class_names]
    titles = [_title(names, found[i], labels[i]) for i in shown]
    columns = min(check_count("columns", columns), len(shown))
    return _figure(images_at(dataset, shown), titles, columns, dataset.note)


def _labels(model, dataset) -> np.ndarray:
    """The classes of the test images, if the model knows them by name."""
    labels = dataset.test.labels
    if labels is None or not getattr(model, "uses_labels", False):
        raise UnsupportedError(
            "Figure 'misclassified' needs labelled images, and a model that learns their "
            "classes from labels. Choose another figure, or a classifier."
        )
    return labels


def _title(names: list[str], found: int, label: int) -> str:
    between = " " if max(map(len, names)) <= SHORT else "\n"
    return f"{names[found]}{between}({names[label]})"


@house_style()
def _figure(images: np.ndarray, titles: list[str], columns: int, note: str):
    height, width = images.shape[1:3]
    gap, side = thin_gap(images), max(height, width)
    line = LINE * (1 + titles[0].count("\n")) + 0.03
    strips = [
        _strip(images[i : i + columns], columns) for i in range(0, len(images), columns)
    ]
    image, corners = in_blocks(
        strips, gap, line=line, between=2 * EDGE, room=PAGE - 2 * EDGE, side=side
    )
    figure, axes = image_figure(image, tile=side, margins=(EDGE, 0), head=line)
    for i, title in enumerate(titles):
        row, column = divmod(i, columns)
        x, y = corners[row]
        middle = (x + column * (width + gap) + (width - 1) / 2, y - 0.5)
        axes.annotate(title, middle, **away(0, 1), ha="center", va="bottom")
    add_note(figure, note)
    return figure


def _strip(images: np.ndarray, columns: int) -> np.ndarray:
    """A row of images, white where there are fewer than `columns`."""
    missing = np.full((columns - len(images), *images.shape[1:]), WHITE, "float32")
    return tile(np.concatenate([images, missing]), columns=columns)
