"""How much of a plane of codes each class takes."""

from dataclasses import dataclass

import keras
import numpy as np

from keras_aae.abilities import (
    Decodes,
    HasLatentDim,
    prior_or_none,
    require,
)
from keras_aae.data import stratified_subset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.density import fit_density, training_codes
from keras_aae.evaluation.pixels import as_rows

METRIC = "The space of each class"
POINTS = 100  # along each axis
OUTSIDE = 0.005  # share of the codes beyond each end of an axis
NEIGHBORS = 10
AGREEING = 8  # votes of ten; with fewer for one class a point is ambiguous
LABELED_IMAGES = 10_000
TEST_IMAGES = 1000
MOST_CLASSES = 20  # beyond it shares are too many numbers to read


@dataclass(frozen=True, eq=False)
class Space:
    """Which class each point of a plane of codes decodes to.

    Points are the centers of equal cells; rows run along z_2 and columns along z_1, both
    upwards.

    Args:
        limits: the lowest and the highest code of each axis, (2, 2).
        classes: the class with most votes, (n, n).
        ambiguous: whether fewer than 8 of 10 votes are for it, (n, n).
        mass: share of the density's mass at each point, (n, n), of sum 1.
        num_classes: how many classes there are.
        accuracy: of the votes on test images: how far the classes can be believed.
    """

    limits: np.ndarray
    classes: np.ndarray
    ambiguous: np.ndarray
    mass: np.ndarray
    num_classes: int
    accuracy: float

    @property
    def area(self) -> np.ndarray:
        """Share of the area at each point, (n, n), of sum 1."""
        return np.full(self.mass.shape, 1 / self.mass.size)

    def by_class(self, weights: np.ndarray) -> np.ndarray:
        """Sum of weights, (n, n), over the points of each class, (num_classes,)."""
        return np.bincount(self.classes.ravel(), weights.ravel(), self.num_classes)


def measure_space(model, dataset, *, seed: int = 0) -> Space:
    """Decode a grid of 100 x 100 codes and let the nearest training images classify it.

    The grid covers, in each dimension, all of the prior but 0.5 % at either end; without
    a prior, all but as much of the training codes. A point's class is voted for by the
    10 nearest, pixel by pixel, of 10,000 training images, equally many of each class.
    Its mass is the prior's density; without a prior, that of `fit_density`.

    Args:
        model: with two latent dimensions, `decode`, and a `prior` or `encode`.
        dataset: labeled.
        seed: of the choice of training images and of the fitted density.

    Raises:
        UnsupportedError: the model or the data are of another kind.
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


def space_shares(model, dataset, seed: int) -> dict[str, float]:
    """The shares of area and of the density's mass, of each class and ambiguous."""
    space = measure_space(model, dataset, seed=seed)
    values = {}
    for ending, weights in (("", space.area), ("_mass", space.mass)):
        values[f"space_ambiguous{ending}"] = weights[space.ambiguous].sum()
        for label, share in enumerate(space.by_class(weights)):
            values[f"space{ending or '_share'}_{label}"] = share
    return values


def _check(model, dataset) -> None:
    if require(model, Decodes, HasLatentDim, by=METRIC).latent_dim != 2:
        raise UnsupportedError(
            "The space of each class needs a decoder of two latent dimensions. "
            "Train a model with --latent-dim 2."
        )
    parts = (dataset.train, dataset.test)
    known = [0 if p.labels is None else (p.labels >= 0).sum() for p in parts]
    if min(known) == 0 or known[0] < NEIGHBORS or dataset.num_classes > MOST_CLASSES:
        raise UnsupportedError(
            "The space of each class needs labeled test images, at least "
            f"{NEIGHBORS} labeled training images and at most {MOST_CLASSES} classes. "
            "Use another data set."
        )


def _region(model, dataset, seed: int):
    """The lowest and highest code of each axis, (2, 2), and the log-density there."""
    ends, prior = np.array([OUTSIDE, 1 - OUTSIDE]), prior_or_none(model)
    if prior is None:
        limits = np.quantile(training_codes(model, dataset), ends, axis=0).T
        return limits, fit_density(model, dataset, seed=seed).log_prob
    limits = np.tile(prior.quantiles(ends), (2, 1))
    return limits, lambda z: keras.ops.convert_to_numpy(prior.log_prob(z))


def _grid(across, up) -> np.ndarray:
    """Centers of equal cells, (POINTS^2, 2), z_1 running fastest."""
    middles = (np.arange(POINTS) + 0.5) / POINTS
    z_1, z_2 = (low + middles * (high - low) for low, high in (across, up))
    return np.stack(np.meshgrid(z_1, z_2), axis=-1).reshape(-1, 2).astype("float32")


def _voting(dataset, seed: int):
    """The function from images to the classes' shares of votes, and its accuracy."""
    from sklearn.neighbors import KNeighborsClassifier  # takes a second

    x, labels = _labeled(dataset.train, LABELED_IMAGES, seed)
    classifier = KNeighborsClassifier(NEIGHBORS, algorithm="brute")
    classifier.fit(as_rows(x), labels)

    def votes(images):
        shares = np.zeros((len(images), dataset.num_classes))
        shares[:, classifier.classes_] = classifier.predict_proba(as_rows(images))
        return shares

    x, labels = _labeled(dataset.test, TEST_IMAGES, seed)
    return votes, float(np.mean(votes(x).argmax(axis=1) == labels))


def _labeled(images, n: int, seed: int):
    known = int((images.labels >= 0).sum())
    return images.gather(stratified_subset(images.labels, min(n, known), seed))
