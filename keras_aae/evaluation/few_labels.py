"""Classifiers of frozen features, codes or pixels, whose classes are known of some."""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from keras_aae.abilities import Encodes, require
from keras_aae.data import stratified_subset
from keras_aae.evaluation.density import finite_codes

DRAWS = 5  # of the labeled images


@dataclass(frozen=True, eq=False)
class Features:
    """Features, (n, d), and classes, (n,), of training and of test images."""

    train: np.ndarray
    classes: np.ndarray
    test: np.ndarray
    test_classes: np.ndarray

    @classmethod
    def scaled(cls, train, classes, test, test_classes) -> "Features":
        """Return finite features centered and divided by one number.

        By it training features have mean variance 1: units that hold nothing keep their
        small variance.
        """
        train, test = finite_codes(train), finite_codes(test)
        mean, scale = train.mean(axis=0), max(np.sqrt(train.var(axis=0).mean()), 1e-12)
        return cls((train - mean) / scale, classes, (test - mean) / scale, test_classes)

    def with_labels(self, n: int, draw: int) -> "Features":
        """Return those with `n` training images, equally many of each class."""
        chosen = stratified_subset(self.classes, n, draw)
        return replace(self, train=self.train[chosen], classes=self.classes[chosen])

    def score(self, classifier) -> float:
        """Return the share of test images that a classifier, fitted here, is right on."""
        fitted = classifier.fit(self.train, self.classes)
        return fitted.score(self.test, self.test_classes)


def draw_seeds(seed: int, count: int = DRAWS) -> range:
    """Return the seeds of so many draws of labeled images, other ones for each seed."""
    return range(count * seed, count * (seed + 1))


def logistic(inverse_penalty: float = 1.0):
    """Return a logistic regression, not fitted yet."""
    from sklearn.linear_model import LogisticRegression  # takes a second

    return LogisticRegression(C=inverse_penalty, max_iter=300)


def encoder_of(model):
    """Return the method of a model that gives codes.

    Raises:
        UnsupportedError: it has none.
    """
    return require(model, Encodes, by="A classifier of codes").encode


@contextmanager
def quiet():
    """Fit on one thread, and take what a search that stops early has found."""
    from threadpoolctl import threadpool_limits

    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        yield
