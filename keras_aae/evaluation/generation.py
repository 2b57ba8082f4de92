"""How generated images compare with real ones, by the features of a classifier of ours."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from keras_aae.abilities import (
    DecodesCodesAlone,
    Encodes,
    Generates,
    require,
)
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.density import generate_from_density
from keras_aae.evaluation.pixels import evenly_spaced
from keras_aae.model_files.saving import load_model

IMAGES = 10_000  # generated, and real
PRESENT = 0.01  # share of generated images from which on a class is there
# `experiments/features.py` says how it was made.
CLASSIFIER = Path(__file__).with_name("mnist_features.keras")


class Moments(NamedTuple):
    """Mean, (d,), and covariance, (d, d), of features."""

    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, features) -> "Moments":
        """Of features (n, d), in double precision."""
        features = np.asarray(features, dtype=float)
        return cls(features.mean(axis=0), np.cov(features, rowvar=False))


def frechet_distance(first: Moments, second: Moments) -> float:
    """The squared Frechet (2-Wasserstein) distance of two normals with these moments.

    ||m1 - m2||^2 + Tr(C1 + C2 - 2 (C1 C2)^(1/2))

    C1 C2 has the eigenvalues of the symmetric C1^(1/2) C2 C1^(1/2), whose root is real
    also where rounding or few images leave a covariance singular.

    References:
        GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium
        (Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter, 2017), eq. 6.
    """
    root = _root(first.covariance)
    between = np.linalg.eigvalsh(root @ second.covariance @ root)
    overlap = np.sqrt(np.clip(between, 0, None)).sum()
    spread = np.trace(first.covariance) + np.trace(second.covariance)
    apart = np.sum((first.mean - second.mean) ** 2)
    return float(max(apart + spread - 2 * overlap, 0))


def _root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root of a covariance, (d, d)."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T


def generated_images(model, dataset, seed: int) -> dict[str, float]:
    """FID of generated images, how many classes they have, and how surely.

    As many images are generated as there are test images, at most 10,000. `class_entropy`
    is that of the classes' shares, -sum_k p_k log p_k, in nats; `class_confidence` the
    mean probability of an image's most probable class.
    """
    require(model, Generates, by="Metric 'fid'")
    classifier, real = _classified_by(dataset)
    images = model.generate(len(real), seed=seed)
    probabilities = classifier.class_probabilities(images)
    classes = probabilities.shape[1]
    shares = np.bincount(probabilities.argmax(axis=1), minlength=classes) / len(images)
    there = shares[shares > 0]
    return {
        "fid": _distance(classifier, images, real),
        "class_coverage": np.mean(shares >= PRESENT),
        "class_entropy": -np.sum(there * np.log(there)),
        "class_confidence": np.mean(probabilities.max(axis=1), dtype=float),
    }


def mixture_images(model, dataset, seed: int) -> dict[str, float]:
    """FID of images decoded from ten Gaussians fitted to the codes of training images.

    References:
        From Variational to Deterministic Autoencoders (Ghosh et al., 2020), section 4.
    """
    require(model, Encodes, DecodesCodesAlone, by="Metric 'fid_mixture'")
    classifier, real = _classified_by(dataset)
    images = generate_from_density(model, dataset, len(real), seed=seed)
    return {"fid_mixture": _distance(classifier, images, real)}


def _classified_by(dataset):
    """The classifier for images like these, and the test images to compare with.

    Raises:
        UnsupportedError: it does not know such images.
    """
    if dataset.name != "mnist" or dataset.image_shape != (28, 28, 1):
        raise UnsupportedError(
            "Generated images are compared in the features of a classifier of MNIST, "
            f"and the data set is {dataset.name!r}. Use --dataset mnist."
        )
    if len(dataset.test) < 2:
        raise UnsupportedError("FID needs at least 2 test images. Use more.")
    return feature_classifier(), evenly_spaced(dataset.test, IMAGES)


@cache
def feature_classifier():
    """The classifier of MNIST that comes with the package."""
    return load_model(CLASSIFIER)


def _distance(classifier, images, real) -> float:
    moments = (Moments.of(classifier.features(x)) for x in (images, real))
    return frechet_distance(*moments)
