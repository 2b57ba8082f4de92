"""Test images that a classifier takes for another class."""

import numpy as np

from keras_aae.checks import Count, validated
from keras_aae.errors import UnsupportedError
from keras_aae.figures.class_rows import classify_test_images, labels_for
from keras_aae.figures.classes import short_name
from keras_aae.figures.inputs import images_at
from keras_aae.figures.titled import titled_images

LETTERS = 8  # of a name, above an image
SHORT = 2  # letters of names that stand beside each other


@validated
def misclassified(model, dataset, *, n: Count = 40, columns: Count = 10):
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
    probabilities = classify_test_images(model, dataset, "misclassified")
    labels = labels_for(model, dataset, "misclassified")
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
    columns = min(columns, len(shown))
    return titled_images(images_at(dataset, shown), titles, columns, dataset.note)


def _title(names: list[str], found: int, label: int) -> str:
    between = " " if max(map(len, names)) <= SHORT else "\n"
    return f"{names[found]}{between}({names[label]})"
