"""Likelihood of models with a posterior q(z|x): ELBO and importance sampling."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_aae.abilities import (
    DecodesClasses,
    HasLikelihood,
    HasPosterior,
    require,
    supports,
)
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.pixels import labeled

IMPORTANCE_IMAGES = 1000
IMPORTANCE_SAMPLES = 200
LONG_IMPORTANCE_SAMPLES = 5000
SAMPLES_AT_ONCE = 20
ACTIVE_VARIANCE = 0.01


def binarized(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw Bernoulli pixels with the gray values as probabilities; uint8, 0 or 255."""
    scale = 255 if x.dtype == np.uint8 else 1
    on = rng.random(x.shape, np.float32) * scale < x
    return np.where(on, np.uint8(255), np.uint8(0))


def _inputs(
    model: Any, dataset: Dataset, seed: int
) -> Iterator[tuple[str, np.ndarray, np.ndarray | None]]:
    """Yield the test images, and the binarized ones if the likelihood is Bernoulli.

    Yields:
        Suffix of the metric's name, images, and their classes if the model is
        conditioned on them, else None.
    """
    require(model, HasLikelihood, by="A likelihood metric")
    x, labels = _test_images(model, dataset)
    yield "", x, labels
    if model.likelihood == "bernoulli":
        yield "_binarized", binarized(x, np.random.default_rng([seed, 1])), labels


def _test_images(model: Any, dataset: Dataset) -> tuple[np.ndarray, np.ndarray | None]:
    """Return all test images and None, or the labeled ones and their classes.

    A conditional model has the likelihood p(x|y), which needs the class y.
    """
    if not supports(model, DecodesClasses):
        return dataset.test.array(), None
    if dataset.num_classes > model.classes:
        raise UnsupportedError(
            f"The model is conditioned on one of {model.classes} classes, but data set "
            f"{dataset.name!r} has {dataset.num_classes} classes. Use the data set "
            "that it was trained on."
        )
    return labeled(dataset.test)


def bound(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the mean -ELBO and its two terms, with one code per image; in nats."""
    values: dict[str, float] = {}
    for ending, x, labels in _inputs(model, dataset, seed):
        noise = np.random.default_rng([seed, 2]).standard_normal(
            (len(x), model.latent_dim), np.float32
        )
        nll, kl = (np.mean(part, dtype=float) for part in model.bound(x, noise, labels))
        values |= {
            f"neg_elbo{ending}": nll + kl,
            f"reconstruction_nll{ending}": nll,
            f"kl{ending}": kl,
        }
    return values


def importance_sampled_nll(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Estimate -log p(x) of the first 1,000 test images, 200 samples each; in nats."""
    values = {}
    for ending, x, labels in _inputs(model, dataset, seed):
        first = slice(IMPORTANCE_IMAGES)
        labels = None if labels is None else labels[first]
        values[f"nll{ending}"] = _nll(model, x[first], IMPORTANCE_SAMPLES, seed, labels)
    return values


def long_importance_sampled_nll(
    model: Any, dataset: Dataset, seed: int
) -> dict[str, float]:
    """Estimate -log p(x) of all test images, with 5,000 samples each; in nats.

    Images are binarized if the likelihood is Bernoulli, as in papers.
    """
    *_, (ending, x, labels) = _inputs(model, dataset, seed)
    return {f"nll_5000{ending}": _nll(model, x, LONG_IMPORTANCE_SAMPLES, seed, labels)}


def _nll(
    model: Any,
    x: np.ndarray,
    samples: int,
    seed: int,
    labels: np.ndarray | None = None,
) -> float:
    """Estimate -log (1/K) sum_k p(x|z_k) p(z_k) / q(z_k|x), z_k ~ q; mean, in nats.

    References:
        Importance Weighted Autoencoders (Burda, Grosse, Salakhutdinov, 2015), eq. 8.
    """
    rng, total = np.random.default_rng([seed, 3]), -np.inf
    for start in range(0, samples, SAMPLES_AT_ONCE):
        count = min(SAMPLES_AT_ONCE, samples - start)
        shape = (count, len(x), model.latent_dim)
        noise = rng.standard_normal(shape, np.float32)
        weights = model.log_importance_weights(x, noise, labels).astype(float)
        total = np.logaddexp(total, np.logaddexp.reduce(weights, axis=0))
    return -np.mean(total - np.log(samples))


def active_units(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Count the dimensions whose posterior mean has variance above 0.01 over images.

    References:
        Importance Weighted Autoencoders (Burda, Grosse, Salakhutdinov, 2015), sec. 5.2.
    """
    del seed
    require(model, HasPosterior, by="Metric 'active_units'")
    z_mean, _ = model.posterior(dataset.test.array())
    return {"active_units": np.sum(np.var(z_mean, axis=0) > ACTIVE_VARIANCE)}
