"""Ordinary classifiers of codes, and of pixels, from any number of labels."""

import numpy as np

from keras_aae.data import stratified_subset
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


def probe(encode, dataset, labels: int, *, draws: int = DRAWS, seed: int = 0):
    """How many test images classifiers find the class of, that know few labels.

    logistic:    softmax(W z + b), with scikit-learn's penalty
    knn:         a vote of the 5 nearest, Euclidean distance
    dense:       a hidden layer of 100 ReLU units, Adam, until the loss falls no more

    Features are centered and divided by one number, so that their mean variance is 1.

    Args:
        encode: Images -> features, (n, d): of a model, or `as_rows` for pixels.
        dataset: Labels are drawn among its training images, equally many of each class.
        labels: How many.
        draws: How often they are drawn anew.
        seed: Of the draws.

    Returns:
        name of the classifier -> accuracy on all test images, one a draw.

    Raises:
        UnsupportedError: the test images have no labels.
        DataError: there are fewer labels than asked for.
    """
    test, test_labels = labeled(dataset.test)
    asked, scores = encode(test), {}
    for number, draw in enumerate(draw_seeds(seed, draws)):
        chosen = stratified_subset(dataset.train.labels, labels, draw)
        x, classes = dataset.train.gather(chosen)
        features = Features.scaled(encode(x), classes, asked, test_labels)
        with quiet():
            for name, classifier in _classifiers(number).items():
                scores.setdefault(name, []).append(float(features.score(classifier)))
    return scores


def probe_codes(model, dataset, seed: int) -> dict[str, float]:
    """The accuracies of `probe` on codes, from 2,000 labels: means of 5 draws."""
    return _means(
        "probe_{}_2000", probe(encoder_of(model), dataset, NUM_LABELS, seed=seed)
    )


def probe_pixels(model, dataset, seed: int) -> dict[str, float]:
    """The accuracies of `probe` on pixels, from 2,000 labels: the model plays no part."""
    del model
    return _means("pixel_probe_{}_2000", probe(as_rows, dataset, NUM_LABELS, seed=seed))


def _means(name: str, scores: dict) -> dict[str, float]:
    return {name.format(key): float(np.mean(values)) for key, values in scores.items()}


def _classifiers(seed: int) -> dict:
    from sklearn.neighbors import KNeighborsClassifier  # these take a second
    from sklearn.neural_network import MLPClassifier

    return {
        "logistic": logistic(),
        "knn": KNeighborsClassifier(NEIGHBORS),
        "dense": MLPClassifier(HIDDEN_UNITS, max_iter=300, random_state=seed),
    }
