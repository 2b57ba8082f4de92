"""Distances of the codes of test images from the prior, and discriminator accuracy."""

from functools import partial
from typing import Any

import numpy as np
from keras import ops

from keras_aae.abilities import (
    Discriminates,
    HasPosterior,
    MatchesPrior,
    require,
    supports,
)
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.pixels import evenly_spaced
from keras_aae.losses.distances import mmd, sliced_wasserstein, unit_directions

CODES = 10_000
CODES_AT_ONCE = 2000  # codes per block of the MMD
DIRECTIONS = 50


def prior_distances(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the MMD and sliced Wasserstein distance of codes and prior samples.

    The codes are samples of q(z|x), one per image, and there are as many prior samples.
    The MMD is the mean over blocks of at most 2,000 codes; it is unbiased, as is that
    of each block.

    References:
        B-tests: Low Variance Kernel Two-Sample Tests (Zaremba, Gretton, Blaschko,
        2013), section 2, for the blocks.
    """
    codes, samples = _codes_and_samples(model, dataset, seed)
    if len(codes) < 2:
        raise UnsupportedError(
            "The distance of codes from the prior needs at least 2 test images, but "
            f"there is {len(codes)}. Use more."
        )
    parts = -(-len(codes) // CODES_AT_ONCE)
    blocks = zip(*(np.array_split(z, parts) for z in (codes, samples)), strict=True)
    mmds = [mmd(*map(ops.convert_to_tensor, block)) for block in blocks]
    directions = unit_directions(codes.shape[1], DIRECTIONS, seed)
    arrays = map(ops.convert_to_tensor, (codes, samples, directions))
    return {
        "prior_mmd": float(np.mean([float(value) for value in mmds])),
        "prior_sliced_wasserstein": float(sliced_wasserstein(*arrays)),
    }


def discriminator_accuracies(
    model: Any, dataset: Dataset, seed: int
) -> dict[str, float]:
    """Compute the accuracy of the discriminator on codes and on prior samples.

    An undecided output, D = 1/2, counts half. A discriminator conditioned on classes
    gets the label "unknown".
    """
    require(model, Discriminates, by="Metric 'discriminator_accuracy'")
    codes, samples = _codes_and_samples(model, dataset, seed)
    of_codes, of_prior = (
        np.sign(model.discriminate(z) - 0.5) for z in (codes, samples)
    )
    return {
        "discriminator_accuracy_codes": np.mean(1 - of_codes, dtype=float) / 2,
        "discriminator_accuracy_prior": np.mean(1 + of_prior, dtype=float) / 2,
    }


def _codes_and_samples(
    model: Any, dataset: Dataset, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return codes of at most 10,000 test images and as many prior samples.

    Raises:
        UnsupportedError: The model does not match its codes to a prior.
    """
    if supports(model, HasPosterior):
        draw, prior = partial(_draw_posterior, model), model.prior
    else:
        require(model, MatchesPrior, by="A distance of codes from the prior")
        draw, prior = model.sample_codes, model.matched_prior
    codes = draw(evenly_spaced(dataset.test, CODES), seed=seed)
    return codes, ops.convert_to_numpy(prior.sample(len(codes), seed=seed))


def _draw_posterior(model: Any, x: np.ndarray, seed: int) -> np.ndarray:
    """Draw a code for each image from q(z|x) = N(m(x), exp(v(x))), (n, latent_dim)."""
    z_mean, z_log_var = model.posterior(x)
    noise = np.random.default_rng([seed, 4]).standard_normal(z_mean.shape, np.float32)
    return z_mean + np.exp(z_log_var / 2) * noise
