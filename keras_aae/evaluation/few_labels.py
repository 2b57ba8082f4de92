"""Classifiers of frozen features (codes or pixels), trained on few labels."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from keras_aae.abilities import Encodes, require
from keras_aae.data import stratified_subset
from keras_aae.evaluation.density import finite_codes

DRAWS = 5  # random subsets of labeled images


@dataclass(frozen=True, eq=False)
class Features:
    """Features, (n, d), and classes, (n,), of training and of test images."""

    train: np.ndarray
    classes: np.ndarray
    test: np.ndarray
    test_classes: np.ndarray

    @classmethod
    def scaled(
        cls,
        train: ArrayLike,
        classes: np.ndarray,
        test: ArrayLike,
        test_classes: np.ndarray,
    ) -> "Features":
        """Return features centered and divided by one scale.

        The scale gives training features a mean variance of 1. It is shared by all
        units, so that unused units keep their small variance.
        """
        train, test = finite_codes(train), finite_codes(test)
        mean, scale = train.mean(axis=0), max(np.sqrt(train.var(axis=0).mean()), 1e-12)
        return cls((train - mean) / scale, classes, (test - mean) / scale, test_classes)

    def with_labels(self, n: int, draw: int) -> "Features":
        """Return a copy with `n` training images, equally many of each class."""
        chosen = stratified_subset(self.classes, n, draw)
        return replace(self, train=self.train[chosen], classes=self.classes[chosen])

    def score(self, classifier: Any) -> float:
        """Fit a classifier and return its accuracy on the test images."""
        fitted = classifier.fit(self.train, self.classes)
        return fitted.score(self.test, self.test_classes)


def draw_seeds(seed: int, count: int = DRAWS) -> range:
    """Return the seeds of `count` draws of labeled images, distinct for each seed."""
    return range(count * seed, count * (seed + 1))


def logistic(inverse_penalty: float = 1.0) -> Any:
    """Return an unfitted logistic regression."""
    from sklearn.linear_model import LogisticRegression  # slow import

    return LogisticRegression(C=inverse_penalty, max_iter=300)


def encoder_of(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return the `encode` method of a model.

    Raises:
        UnsupportedError: The model cannot encode.
    """
    return require(model, Encodes, by="A classifier of codes").encode


@contextmanager
def quiet() -> Iterator[None]:
    """Fit on one thread, without warnings about convergence."""
    from threadpoolctl import threadpool_limits

    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        yield
