"""Likelihoods of models with a posterior q(z|x): bounds, importance sampling, usage."""

import numpy as np

from keras_aae.abilities import (
    DecodesClasses,
    HasLikelihood,
    HasPosterior,
    require,
    supports,
)
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.pixels import labeled

IMPORTANCE_IMAGES = 1000
IMPORTANCE_SAMPLES = 200
LONG_IMPORTANCE_SAMPLES = 5000
SAMPLES_AT_ONCE = 20
ACTIVE_VARIANCE = 0.01


def binarized(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One draw of Bernoulli pixels with the gray values as probabilities, uint8."""
    scale = 255 if x.dtype == np.uint8 else 1
    on = rng.random(x.shape, np.float32) * scale < x
    return np.where(on, np.uint8(255), np.uint8(0))


def _inputs(model, dataset, seed):
    """Yield test images as they are, and binarized where the likelihood is Bernoulli's.

    Yields:
        The ending of the metric's name, the images, and their classes if the model
        conditions on them, else None.
    """
    require(model, HasLikelihood, by="A metric of likelihood")
    x, labels = _test_images(model, dataset)
    yield "", x, labels
    if model.likelihood == "bernoulli":
        yield "_binarized", binarized(x, np.random.default_rng([seed, 1])), labels


def _test_images(model, dataset):
    """Return all test images and None, or the labeled ones and their classes.

    A conditional model has a likelihood p(x|y): of images whose class is known.
    """
    if not supports(model, DecodesClasses):
        return dataset.test.array(), None
    if dataset.num_classes > model.classes:
        raise UnsupportedError(
            f"The likelihood of a model of {model.classes} classes is of images of these, "
            f"and data set {dataset.name!r} has {dataset.num_classes} classes. Use the "
            "data set that it was trained on."
        )
    return labeled(dataset.test)


def bound(model, dataset, seed: int) -> dict[str, float]:
    """-ELBO and its two parts, with one sampled code an image; means, in nats."""
    values = {}
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


def importance_sampled_nll(model, dataset, seed: int) -> dict[str, float]:
    """-log p(x) with 200 samples an image, of the first 1,000 test images; in nats."""
    values = {}
    for ending, x, labels in _inputs(model, dataset, seed):
        first = slice(IMPORTANCE_IMAGES)
        labels = None if labels is None else labels[first]
        values[f"nll{ending}"] = _nll(model, x[first], IMPORTANCE_SAMPLES, seed, labels)
    return values


def long_importance_sampled_nll(model, dataset, seed: int) -> dict[str, float]:
    """-log p(x) with 5,000 samples an image, of all test images; in nats.

    As in papers: of binarized images, where the likelihood is Bernoulli's.
    """
    *_, (ending, x, labels) = _inputs(model, dataset, seed)
    return {f"nll_5000{ending}": _nll(model, x, LONG_IMPORTANCE_SAMPLES, seed, labels)}


def _nll(model, x, samples: int, seed: int, labels=None) -> float:
    """-log (1/K) sum_k p(x|z_k) p(z_k) / q(z_k|x), z_k ~ q; mean over images, in nats.

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


def active_units(model, dataset, seed: int) -> dict[str, float]:
    """How many dimensions of the posterior mean vary by more than 0.01 over the images.

    References:
        Importance Weighted Autoencoders (Burda, Grosse, Salakhutdinov, 2015), sec. 5.2.
    """
    del seed
    require(model, HasPosterior, by="Metric 'active_units'")
    z_mean, _ = model.posterior(dataset.test.array())
    return {"active_units": np.sum(np.var(z_mean, axis=0) > ACTIVE_VARIANCE)}
