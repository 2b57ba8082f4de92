"""Parzen-window log-likelihood of generated images, as older papers report it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from keras_aae.abilities import Generates, require
from keras_aae.data import Dataset
from keras_aae.evaluation.pixels import as_rows, evenly_spaced

SAMPLES = 10_000
TUNING_IMAGES = 1000
IMAGES_AT_ONCE = 500
BANDWIDTHS = np.logspace(-1.5, 0, 31)


def parzen_log_likelihood(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Estimate the mean log-density of test images by 10,000 Parzen windows; nats.

    log p(x) = log (1/N) sum_i N(x; x_i, h^2 I),  x_i generated, pixels in [0, 1]

    This estimates the same integral as `gaussian_log_likelihood`, with codes from the
    prior alone, and is far below it: hardly any sample is near an image. The bandwidth
    h is the best of a grid for 1,000 images spaced evenly over the training set, which
    the model has seen; the samples are not among them.

    Returns:
        Mean, and by suffix its standard error (`_stderr`) and the bandwidth
        (`_bandwidth`).

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


def log_densities(
    x: ArrayLike, centers: ArrayLike, bandwidths: Sequence[float] | np.ndarray
) -> np.ndarray:
    """Return log (1/N) sum_i N(x; c_i, h^2 I) of each row of x for each h, in nats.

    Args:
        x: Points, (n, d).
        centers: Centers c of the windows, (N, d).
        bandwidths: Bandwidths h, (k,).

    Returns:
        Log-densities, (k, n).
    """
    # Double precision, since h is small compared with the norm of an image.
    x, centers = np.asarray(x, float), np.asarray(centers, float)
    parts = np.array_split(x, -(-len(x) // IMAGES_AT_ONCE))
    return np.hstack([_log_densities(part, centers, bandwidths) for part in parts])


def _log_densities(
    x: np.ndarray, centers: np.ndarray, bandwidths: Sequence[float] | np.ndarray
) -> np.ndarray:
    from sklearn.metrics.pairwise import euclidean_distances  # slow import

    d2 = euclidean_distances(x, centers, squared=True)
    nearest = d2.min(axis=1, keepdims=True)
    rows = []
    for h in bandwidths:
        others = np.log(np.mean(np.exp((nearest - d2) / (2 * h**2)), axis=1))
        log_volume = x.shape[1] / 2 * np.log(2 * np.pi * h**2)
        rows.append(others - nearest[:, 0] / (2 * h**2) - log_volume)
    return np.stack(rows)
