"""Names of rows of classes, clusters or components."""

from typing import Any

import numpy as np

from keras_aae.abilities import Classifies, ClassifiesByLabels, require
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.figures.classes import short_name


def classify_test_images(model: Any, dataset: Dataset, figure: str) -> np.ndarray:
    """Compute the class probabilities of all test images, (n, classes).

    Raises:
        UnsupportedError: the model does not classify.
    """
    require(model, Classifies, by=f"Figure {figure!r}")
    return np.concatenate([model.class_probabilities(x) for x in dataset.test.blocks()])


def labels_for(model: Any, dataset: Dataset, figure: str) -> np.ndarray:
    """Return the labels of the test images, -1 where unknown.

    Raises:
        UnsupportedError: there are no labels, or the model was not trained with labels.
    """
    labels = dataset.test.labels
    require(model, ClassifiesByLabels, by=f"Figure {figure!r}")
    if labels is None:
        raise UnsupportedError(
            f"Figure {figure!r} needs labeled images. Use another data set."
        )
    return labels


def row_names(
    k: int, dataset: Dataset | None, found: np.ndarray | None = None
) -> list[str]:
    """Return the names of the classes if the k rows are the classes, numbers otherwise.

    Args:
        k: Number of rows.
        dataset: Data set whose classes the rows may be, or None.
        found: Row to which the model assigns each test image, (n,), or None. Clusters
            need not be the classes even if there are as many, so most images of each
            row must be of its class.
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
