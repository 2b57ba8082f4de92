"""Misclassified test images."""

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import Classifies
from keras_aae.checks import Count, validated
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.figures.class_rows import classify_test_images, labels_for
from keras_aae.figures.classes import short_name
from keras_aae.figures.inputs import images_at
from keras_aae.figures.titled import titled_images

LETTERS = 8  # of a class name above an image
SHORT = 2  # letters of names short enough to share a line


@validated
def misclassified(
    model: Classifies, dataset: Dataset, *, n: Count = 40, columns: Count = 10
) -> Figure:
    """Draw the `n` most confidently misclassified test images.

    The predicted class is above each image, with the true class in parentheses.

    Args:
        model: Model with `class_probabilities`, trained with labels.
        dataset: Data set whose test images are shown.
        n: Number of images, at most all that are misclassified.
        columns: Number of images in a row.

    Raises:
        UnsupportedError: The model does not classify, no test image has a label, or
            none is misclassified.
    """
    probabilities = classify_test_images(model, dataset, "misclassified")
    labels = labels_for(model, dataset, "misclassified")
    found = probabilities.argmax(axis=1)
    missed = np.flatnonzero((found != labels) & (labels >= 0))
    if not len(missed):
        raise UnsupportedError(
            "Figure 'misclassified' needs misclassified test images. All labeled test "
            "images are classified correctly. Choose another figure."
        )
    order = np.argsort(-probabilities[missed, found[missed]], kind="stable")
    shown = missed[order[:n]]
    names = [short_name(name, LETTERS) for name in dataset.class_names]
    titles = [_title(names, found[i], labels[i]) for i in shown]
    columns = min(columns, len(shown))
    return titled_images(images_at(dataset, shown), titles, columns, dataset.note)


def _title(names: list[str], found: int, label: int) -> str:
    between = " " if max(map(len, names)) <= SHORT else "\n"
    return f"{names[found]}{between}({names[label]})"
