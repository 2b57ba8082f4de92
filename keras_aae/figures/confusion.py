"""Which classes are taken for which."""

import numpy as np
from matplotlib.figure import Figure

from keras_aae.errors import UnsupportedError
from keras_aae.figures.class_rows import classify_test_images, labels_for
from keras_aae.figures.classes import MOST_CLASSES, short_name
from keras_aae.figures.style import FAINT, INK, add_note, house_style, lay_out

CELL, LEAST = 0.34, 1.2  # inches of a number, and of all of them
FRAME = 0.95  # inches, for the names at both axes
DARK = 0.5  # shares above it are written in white


def confusion(model, dataset):
    """How many test images of each class the model gives each class.

    Args:
        model: with `class_probabilities`, trained with labels.
        dataset: whose test images are classified.

    Raises:
        UnsupportedError: the model does not classify, no test image has a label, or there
            are too many classes to show.
    """
    probabilities = classify_test_images(model, dataset, "confusion")
    labels = labels_for(model, dataset, "confusion")
    given, k = probabilities.argmax(axis=1), dataset.num_classes
    if probabilities.shape[1] != k:
        raise UnsupportedError(
            f"The model tells {probabilities.shape[1]} classes apart, and data set "
            f"{dataset.name!r} has {k}. Use the data set that it was trained on."
        )
    if k > MOST_CLASSES:
        raise UnsupportedError(
            f"Figure 'confusion' shows at most {MOST_CLASSES} classes, and data set "
            f"{dataset.name!r} has {k}. Choose another figure."
        )
    counts = np.zeros((k, k), int)
    np.add.at(counts, (labels[labels >= 0], given[labels >= 0]), 1)
    return confusion_matrix(counts, dataset.class_names, dataset.note)


@house_style()
def confusion_matrix(counts: np.ndarray, names, note: str = ""):
    """A matrix of numbers of images, colored by their share of the row.

    Args:
        counts: (k, k) images of a class (row) given a class (column).
        names: k, of the classes.
        note: of the data set, for under the figure.
    """
    counts, names = np.asarray(counts), [short_name(name) for name in names]
    k = len(names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = FRAME + max(CELL * k, LEAST)
    figure = Figure(figsize=(side, side))
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(k), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(k), names)
    axes.set_xlabel("given class")
    axes.set_ylabel("class")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if shares[row, column] > DARK else INK if count else FAINT
        axes.text(column, row, f"{count}", ha="center", va="center", color=color)
    right = np.trace(counts) / max(counts.sum(), 1)
    axes.set_title(f"accuracy {100 * right:.2f} %")
    lay_out(figure)
    add_note(figure, note)
    return figure
