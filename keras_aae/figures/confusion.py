"""Confusion matrices."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.figures.class_rows import classify_test_images, labels_for
from keras_aae.figures.classes import MOST_CLASSES, short_name
from keras_aae.figures.style import FAINT, INK, add_note, house_style, lay_out

CELL, LEAST = 0.34, 1.2  # inches of a cell, and least inches of the matrix
FRAME = 0.95  # inches for the names on both axes
DARK = 0.5  # share above which a cell's text is white


def confusion(model: Any, dataset: Dataset) -> Figure:
    """Draw the confusion matrix of the test images.

    Args:
        model: Model with `class_probabilities`, trained with labels.
        dataset: Data set whose test images are classified.

    Raises:
        UnsupportedError: the model does not classify, or was trained without labels or
            on other classes; no test image has a label; or there are too many classes.
    """
    probabilities = classify_test_images(model, dataset, "confusion")
    labels = labels_for(model, dataset, "confusion")
    given, k = probabilities.argmax(axis=1), dataset.num_classes
    if probabilities.shape[1] != k:
        raise UnsupportedError(
            f"The model predicts {probabilities.shape[1]} classes, but data set "
            f"{dataset.name!r} has {k}. Use the data set that it was trained on."
        )
    if k > MOST_CLASSES:
        raise UnsupportedError(
            f"Data set {dataset.name!r} has {k} classes. Figure 'confusion' expects at "
            f"most {MOST_CLASSES}. Choose another figure."
        )
    counts = np.zeros((k, k), int)
    np.add.at(counts, (labels[labels >= 0], given[labels >= 0]), 1)
    return confusion_matrix(counts, dataset.class_names, dataset.note)


@house_style()
def confusion_matrix(
    counts: np.ndarray, names: Sequence[str], note: str = ""
) -> Figure:
    """Draw a matrix of counts, colored by their share of the row.

    Args:
        counts: Number of images by class (row) and predicted class (column), (k, k).
        names: Names of the k classes.
        note: Note of the data set, written below the figure.
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
