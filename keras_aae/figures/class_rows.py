"""What rows of classes, clusters or petals are called."""

import numpy as np

from keras_aae.abilities import Classifies, ClassifiesByLabels, require
from keras_aae.errors import UnsupportedError
from keras_aae.figures.classes import short_name


def classify_test_images(model, dataset, figure: str) -> np.ndarray:
    """The probability that the model gives each class, of every test image, (n, classes).

    Raises:
        UnsupportedError: the model does not classify.
    """
    require(model, Classifies, by=f"Figure {figure!r}")
    return np.concatenate([model.class_probabilities(x) for x in dataset.test.blocks()])


def labels_for(model, dataset, figure: str) -> np.ndarray:
    """The classes of the test images, -1 if unknown, if the model knows them by name.

    Raises:
        UnsupportedError: there are no labels, or the model learned none.
    """
    labels = dataset.test.labels
    require(model, ClassifiesByLabels, by=f"Figure {figure!r}")
    if labels is None:
        raise UnsupportedError(
            f"Figure {figure!r} needs labeled images. Use another data set."
        )
    return labels


def row_names(k: int, dataset, found: np.ndarray | None = None) -> list[str]:
    """The names of the classes where k rows are the classes, and else numbers.

    Args:
        k: how many rows there are.
        dataset: whose classes they may be, or None.
        found: the row of each test image, (n,), where the model itself tells images
            apart. Clusters may be as many as classes and be others all the same, so most
            images of each row must be of its class.
    """
    as_many = dataset is not None and dataset.num_classes == k
    if as_many and (found is None or _are_classes(found, dataset.test.labels)):
        return [short_name(name) for name in dataset.class_names]
    return [str(i) for i in range(k)]


def _are_classes(found: np.ndarray, labels) -> bool:
    if labels is None:
        return False
    found, labels = found[labels >= 0], labels[labels >= 0]
    return all(np.mean(labels[found == i] == i) > 0.5 for i in np.unique(found))
