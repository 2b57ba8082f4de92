"""FID and class statistics of generated images, from the features of a classifier."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from keras_aae.abilities import (
    DecodesCodesAlone,
    Encodes,
    Generates,
    require,
)
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.density import generate_from_density
from keras_aae.evaluation.pixels import evenly_spaced
from keras_aae.model_files.saving import load_model

IMAGES = 10_000  # generated, and as many real ones
PRESENT = 0.01  # minimum share of generated images for a class to count as covered
# `experiments/features.py` describes how it was trained.
CLASSIFIER = Path(__file__).with_name("mnist_features.keras")


class Moments(NamedTuple):
    """Mean, (d,), and covariance, (d, d), of features."""

    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, features: ArrayLike) -> "Moments":
        """Compute the moments of features, (n, d), in double precision."""
        features = np.asarray(features, dtype=float)
        return cls(features.mean(axis=0), np.cov(features, rowvar=False))


def frechet_distance(first: Moments, second: Moments) -> float:
    """Compute the squared Frechet (2-Wasserstein) distance of two normals.

    ||m1 - m2||^2 + Tr(C1 + C2 - 2 (C1 C2)^(1/2))

    C1 C2 has the eigenvalues of the symmetric C1^(1/2) C2 C1^(1/2), whose root is real
    even if rounding or too few images make a covariance singular.

    References:
        GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
        Equilibrium (Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter, 2017), eq. 6.
    """
    root = _root(first.covariance)
    between = np.linalg.eigvalsh(root @ second.covariance @ root)
    overlap = np.sqrt(np.clip(between, 0, None)).sum()
    spread = np.trace(first.covariance) + np.trace(second.covariance)
    apart = np.sum((first.mean - second.mean) ** 2)
    return float(max(apart + spread - 2 * overlap, 0))


def _root(covariance: np.ndarray) -> np.ndarray:
    """Return the symmetric square root of a covariance, (d, d)."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T


def generated_images(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute FID, class coverage, entropy and confidence of generated images.

    As many images are generated as there are test images, at most 10,000.
    `class_entropy` is the entropy of the classes' shares, -sum_k p_k log p_k, in nats;
    `class_confidence` is the mean probability of an image's most probable class.
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


def mixture_images(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the FID of images decoded from ten Gaussians fitted to training codes.

    References:
        From Variational to Deterministic Autoencoders (Ghosh et al., 2020), section 4.
    """
    require(model, Encodes, DecodesCodesAlone, by="Metric 'fid_mixture'")
    classifier, real = _classified_by(dataset)
    images = generate_from_density(model, dataset, len(real), seed=seed)
    return {"fid_mixture": _distance(classifier, images, real)}


def _classified_by(dataset: Dataset) -> tuple[Any, np.ndarray]:
    """Return the feature classifier and the test images to compare with.

    Raises:
        UnsupportedError: The data set is not MNIST, or has too few test images.
    """
    if dataset.name != "mnist" or dataset.image_shape != (28, 28, 1):
        raise UnsupportedError(
            "FID and class statistics use the features of a classifier of MNIST, but "
            f"the data set is {dataset.name!r}. Use --dataset mnist."
        )
    if len(dataset.test) < 2:
        raise UnsupportedError("FID needs at least 2 test images. Use more.")
    return feature_classifier(), evenly_spaced(dataset.test, IMAGES)


@cache
def feature_classifier() -> Any:
    """Load the MNIST classifier that is part of the package."""
    return load_model(CLASSIFIER)


def _distance(classifier: Any, images: np.ndarray, real: np.ndarray) -> float:
    moments = (Moments.of(classifier.features(x)) for x in (images, real))
    return frechet_distance(*moments)
