"""Standard classifiers of codes, and of pixels, from any number of labels."""

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_aae.data import Dataset, stratified_subset
from keras_aae.evaluation.few_labels import (
    DRAWS,
    Features,
    draw_seeds,
    encoder_of,
    logistic,
    quiet,
)
from keras_aae.evaluation.pixels import as_rows, labeled

NUM_LABELS = 2000
NEIGHBORS, HIDDEN_UNITS = 5, (100,)


def probe(
    encode: Callable[[np.ndarray], np.ndarray],
    dataset: Dataset,
    labels: int,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Compute the accuracy of classifiers trained on few labels, on test images.

    logistic:    softmax(W z + b), with scikit-learn's penalty
    knn:         majority vote of the 5 nearest neighbors, Euclidean distance
    dense:       hidden layer of 100 ReLU units, Adam, until the loss stops falling

    Features are centered and divided by one scale, so that their mean variance is 1.

    Args:
        encode: Function from images to features, (n, d): `encode` of a model, or
            `as_rows` for pixels.
        dataset: Data set; labels are drawn from its training images, equally many of
            each class.
        labels: Number of labels.
        draws: Number of random label subsets.
        seed: Seed of the subsets.

    Returns:
        Accuracies on all test images by name of the classifier, one for each subset.

    Raises:
        UnsupportedError: The test images have no labels.
        DataError: The data set has fewer labels than requested.
    """
    test, test_labels = labeled(dataset.test)
    scores: dict[str, list[float]] = {}
    codes, known = encode(test), np.asarray(dataset.train.labels)
    for number, draw in enumerate(draw_seeds(seed, draws)):
        chosen = stratified_subset(dataset.train.labels, labels, draw)
        train = encode(dataset.train.gather(chosen)[0])
        features = Features.scaled(train, known[chosen], codes, test_labels)
        with quiet():
            for name, classifier in _classifiers(number).items():
                scores.setdefault(name, []).append(float(features.score(classifier)))
    return scores


def probe_codes(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the accuracies of `probe` on codes, 2,000 labels: means of 5 subsets."""
    return _means(
        "probe_{}_2000", probe(encoder_of(model), dataset, NUM_LABELS, seed=seed)
    )


def probe_pixels(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the accuracies of `probe` on pixels, 2,000 labels; ignores the model."""
    del model
    return _means("pixel_probe_{}_2000", probe(as_rows, dataset, NUM_LABELS, seed=seed))


def _means(name: str, scores: dict[str, list[float]]) -> dict[str, float]:
    return {name.format(key): float(np.mean(values)) for key, values in scores.items()}


def _classifiers(seed: int) -> dict[str, Any]:
    from sklearn.neighbors import KNeighborsClassifier  # slow imports
    from sklearn.neural_network import MLPClassifier

    return {
        "logistic": logistic(),
        "knn": KNeighborsClassifier(NEIGHBORS),
        "dense": MLPClassifier(HIDDEN_UNITS, max_iter=300, random_state=seed),
    }
