"""Share of each class in a plane of codes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_aae.abilities import (
    Decodes,
    HasLatentDim,
    prior_or_none,
    require,
)
from keras_aae.data import Dataset, Images, stratified_subset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.density import fit_density, training_codes
from keras_aae.evaluation.pixels import as_rows

METRIC = "The space of each class"
POINTS = 100  # along each axis
OUTSIDE = 0.005  # share of the codes beyond each end of an axis
NEIGHBORS = 10
AGREEING = 8  # votes of ten; with fewer for its class, a point is ambiguous
LABELED_IMAGES = 10_000
TEST_IMAGES = 1000
MOST_CLASSES = 20  # with more, there are too many shares to read


@dataclass(frozen=True, eq=False)
class Space:
    """Classes that the points of a plane of codes decode to.

    Points are the centers of equal cells. Rows are ordered by increasing z_2, columns
    by increasing z_1.

    Args:
        limits: Lowest and highest code of each axis, (2, 2).
        classes: Class with the most votes, (n, n).
        ambiguous: True where fewer than 8 of 10 votes are for that class, (n, n).
        mass: Share of the density's mass at each point, (n, n), summing to 1.
        num_classes: Number of classes.
        accuracy: Accuracy of the votes on test images.
    """

    limits: np.ndarray
    classes: np.ndarray
    ambiguous: np.ndarray
    mass: np.ndarray
    num_classes: int
    accuracy: float

    @property
    def area(self) -> np.ndarray:
        """Share of the area at each point, (n, n), summing to 1."""
        return np.full(self.mass.shape, 1 / self.mass.size)

    def by_class(self, weights: np.ndarray) -> np.ndarray:
        """Sum weights, (n, n), over the points of each class, (num_classes,)."""
        return np.bincount(self.classes.ravel(), weights.ravel(), self.num_classes)


def measure_space(model: Any, dataset: Dataset, *, seed: int = 0) -> Space:
    """Decode a grid of 100 x 100 codes and classify it by the nearest training images.

    In each dimension the grid covers the prior except 0.5 % at either end; without a
    prior, the training codes except as much. The class of a point is the majority vote
    of the 10 nearest training images in pixel space, of 10,000, equally many of each
    class. Its mass is the prior's density; without a prior, the density of
    `fit_density`.

    Args:
        model: Model with two latent dimensions, `decode`, and a `prior` or `encode`.
        dataset: Labeled data set.
        seed: Seed of the choice of training images and of the fitted density.

    Raises:
        UnsupportedError: The model has no decoder or not two latent dimensions, or the
            data set has too few labels or too many classes.
    """
    _check(model, dataset)
    limits, log_prob = _region(model, dataset, seed)
    z = _grid(*limits)
    votes, accuracy = _voting(dataset, seed)
    share = votes(model.decode(z))
    mass = np.exp(np.asarray(log_prob(z), dtype=float))
    shape = (POINTS, POINTS)
    return Space(
        limits=limits,
        classes=share.argmax(axis=1).reshape(shape),
        ambiguous=(share.max(axis=1) < AGREEING / NEIGHBORS - 1e-6).reshape(shape),
        mass=(mass / mass.sum()).reshape(shape),
        num_classes=dataset.num_classes,
        accuracy=accuracy,
    )


def space_shares(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the shares of area and of mass, of each class and of ambiguous points."""
    space = measure_space(model, dataset, seed=seed)
    values = {}
    for ending, weights in (("", space.area), ("_mass", space.mass)):
        values[f"space_ambiguous{ending}"] = weights[space.ambiguous].sum()
        for label, share in enumerate(space.by_class(weights)):
            values[f"space{ending or '_share'}_{label}"] = share
    return values


def _check(model: Any, dataset: Dataset) -> None:
    if require(model, Decodes, HasLatentDim, by=METRIC).latent_dim != 2:
        raise UnsupportedError(
            "The space of each class needs a model with two latent dimensions. Train "
            "one with --latent-dim 2."
        )
    parts = (dataset.train, dataset.test)
    known = [0 if p.labels is None else np.count_nonzero(p.labels >= 0) for p in parts]
    if min(known) == 0 or known[0] < NEIGHBORS or dataset.num_classes > MOST_CLASSES:
        raise UnsupportedError(
            "The space of each class needs labeled test images, at least "
            f"{NEIGHBORS} labeled training images and at most {MOST_CLASSES} classes. "
            "Use another data set."
        )


def _region(
    model: Any, dataset: Dataset, seed: int
) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Return the lowest and highest code of each axis, (2, 2), and the log-density."""
    ends, prior = np.array([OUTSIDE, 1 - OUTSIDE]), prior_or_none(model)
    if prior is None:
        limits = np.quantile(training_codes(model, dataset), ends, axis=0).T
        return limits, fit_density(model, dataset, seed=seed).log_prob
    limits = np.tile(prior.quantiles(ends), (2, 1))
    return limits, lambda z: keras.ops.convert_to_numpy(prior.log_prob(z))


def _grid(across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Return the centers of equal cells, (POINTS^2, 2), z_1 varying fastest."""
    middles = (np.arange(POINTS) + 0.5) / POINTS
    z_1, z_2 = (low + middles * (high - low) for low, high in (across, up))
    return np.stack(np.meshgrid(z_1, z_2), axis=-1).reshape(-1, 2).astype("float32")


def _voting(
    dataset: Dataset, seed: int
) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    """Return a function from images to shares of votes, and its accuracy."""
    from sklearn.neighbors import KNeighborsClassifier  # slow import

    x, labels = _labeled(dataset.train, LABELED_IMAGES, seed)
    classifier = KNeighborsClassifier(NEIGHBORS, algorithm="brute")
    classifier.fit(as_rows(x), labels)

    def votes(images: np.ndarray) -> np.ndarray:
        shares = np.zeros((len(images), dataset.num_classes))
        shares[:, classifier.classes_] = classifier.predict_proba(as_rows(images))
        return shares

    x, labels = _labeled(dataset.test, TEST_IMAGES, seed)
    return votes, float(np.mean(votes(x).argmax(axis=1) == labels))


def _labeled(images: Images, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    labels = np.asarray(images.labels)
    chosen = stratified_subset(labels, min(n, int((labels >= 0).sum())), seed)
    return images.gather(chosen)[0], labels[chosen]
