"""Codes that a model generates, usually from its prior."""

from typing import Any

import numpy as np

from keras_aae.abilities import (
    GeneratesCodes,
    HasComponents,
    HasPrior,
    Prior,
    require,
    supports,
)
from keras_aae.checks import Tensor
from keras_aae.errors import UnsupportedError


def draw_samples(prior: Prior, n: int, seed: int) -> np.ndarray:
    """Draw `n` codes from a prior, float64 (n, latent_dim)."""
    return _as_array(prior.sample(n, seed))


def draw_components(
    prior: Any, n: int, seed: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Draw `n` codes from a prior, equally many per component, in shuffled order.

    Returns:
        Codes, float64 (n, latent_dim), and their components, (n,), or None if the prior
        has none.
    """
    if not supports(prior, HasComponents):
        return draw_samples(prior, n, seed), None
    labels = np.arange(n) % prior.num_classes
    labels = np.random.default_rng(seed).permutation(labels).astype("int32")
    return _as_array(prior.sample_components(labels, seed)), labels


def generated_codes(model: Any, n: int, seed: int, figure: str) -> np.ndarray:
    """Generate `n` codes with a model, float64 (n, latent_dim).

    Codes are those of `generate_codes`, if the model has it, else samples of the prior.

    Raises:
        UnsupportedError: The model has neither. The message names the figure.
    """
    if supports(model, GeneratesCodes):
        return np.asarray(model.generate_codes(n, seed), dtype=float)
    prior = require(model, HasPrior, by=f"Figure {figure!r}").prior
    return draw_samples(prior, n, seed)


def check_same_width(codes: np.ndarray, samples: np.ndarray, figure: str) -> None:
    """Check that samples have as many dimensions as codes.

    Raises:
        UnsupportedError: They have not. The message names the figure.
    """
    if codes.shape[1] != samples.shape[1]:
        raise UnsupportedError(
            f"Figure {figure!r} needs a prior over the codes. The codes have "
            f"{codes.shape[1]} dimensions, samples of the prior {samples.shape[1]}. "
            "Draw 'scatterplot' instead."
        )


def _as_array(codes: Tensor) -> np.ndarray:
    import keras  # some priors return tensors of the current backend

    return np.asarray(keras.ops.convert_to_numpy(codes), dtype=float)
