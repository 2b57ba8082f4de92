"""Likelihood by Parzen windows around generated images, as papers used to report it."""

import numpy as np

from keras_aae.evaluation.pixels import as_rows, evenly_spaced
from keras_aae.models.base.abilities import Generates, require

SAMPLES = 10_000
TUNING_IMAGES = 1000
IMAGES_AT_ONCE = 500
BANDWIDTHS = np.logspace(-1.5, 0, 31)


def parzen_log_likelihood(model, dataset, seed: int) -> dict[str, float]:
    """Mean log-density of the test images under windows around 10,000 samples; nats.

    log p(x) = log (1/N) sum_i N(x; x_i, h^2 I),  x_i generated, pixels in [0, 1]

    It is what sampling codes from the prior makes of the integral that
    `gaussian_log_likelihood` estimates, and far below it: hardly a sample is near an
    image. The bandwidth h is the best of a grid for 1,000 images spread evenly over the
    training set, which the model has seen; the samples are not among them.

    Returns:
        The mean, and its standard error and the bandwidth under endings of their own.

    References:
        Quickly Generating Representative Samples from an RBM-Derived Process (Breuleux,
        Bengio, Vincent, 2011), section 6; Adversarial Autoencoders (Makhzani, Shlens,
        Jaitly, Goodfellow, Frey, 2015), section 3.
    """
    require(model, Generates, by="Metric 'parzen_log_likelihood'")
    samples = as_rows(model.generate(SAMPLES, seed=seed))
    seen = as_rows(evenly_spaced(dataset.train, TUNING_IMAGES))
    means = log_densities(seen, samples, BANDWIDTHS).mean(axis=1)
    bandwidth = BANDWIDTHS[means.argmax()]
    (each,) = log_densities(as_rows(dataset.test.array()), samples, [bandwidth])
    return {
        "parzen_log_likelihood": each.mean(),
        "parzen_log_likelihood_stderr": each.std() / np.sqrt(len(each)),
        "parzen_log_likelihood_bandwidth": bandwidth,
    }


def log_densities(x, centers, bandwidths) -> np.ndarray:
    """log (1/N) sum_i N(x; c_i, h^2 I) of each row of x for each h, in nats.

    Args:
        x: (n, d).
        centers: c, (N, d).
        bandwidths: h, (k,).

    Returns:
        (k, n).
    """
    # In double precision: h is small against the length of an image.
    x, centers = np.asarray(x, float), np.asarray(centers, float)
    parts = np.array_split(x, -(-len(x) // IMAGES_AT_ONCE))
    return np.hstack([_log_densities(part, centers, bandwidths) for part in parts])


def _log_densities(x, centers, bandwidths) -> np.ndarray:
    from sklearn.metrics.pairwise import euclidean_distances  # takes a second

    d2 = euclidean_distances(x, centers, squared=True)
    nearest = d2.min(axis=1, keepdims=True)
    rows = []
    for h in bandwidths:
        others = np.log(np.mean(np.exp((nearest - d2) / (2 * h**2)), axis=1))
        log_volume = x.shape[1] / 2 * np.log(2 * np.pi * h**2)
        rows.append(others - nearest[:, 0] / (2 * h**2) - log_volume)
    return np.stack(rows)
