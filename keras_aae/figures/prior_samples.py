"""Codes that a model generates, most often from its prior."""

import numpy as np

from keras_aae.abilities import (
    GeneratesCodes,
    HasComponents,
    HasPrior,
    require,
    supports,
)
from keras_aae.errors import UnsupportedError


def draw_samples(prior, n: int, seed: int) -> np.ndarray:
    """`n` codes, float64 (n, latent_dim)."""
    return _as_array(prior.sample(n, seed))


def draw_components(prior, n: int, seed: int):
    """`n` codes, as many of each class that the prior has, in a shuffled order.

    Returns:
        Codes, float64 (n, latent_dim), and their classes, (n,), None if it has none.
    """
    if not supports(prior, HasComponents):
        return draw_samples(prior, n, seed), None
    labels = np.arange(n) % prior.num_classes
    labels = np.random.default_rng(seed).permutation(labels).astype("int32")
    return _as_array(prior.sample_components(labels, seed)), labels


def generated_codes(model, n: int, seed: int, figure: str) -> np.ndarray:
    """`n` codes as `model` generates them, float64 (n, latent_dim).

    They are those of `generate_codes`, where a network makes codes, else of the prior.

    Raises:
        UnsupportedError: the model has neither; the message names the figure.
    """
    if supports(model, GeneratesCodes):
        return np.asarray(model.generate_codes(n, seed), dtype=float)
    prior = require(model, HasPrior, by=f"Figure {figure!r}").prior
    return draw_samples(prior, n, seed)


def check_same_width(codes: np.ndarray, samples: np.ndarray, figure: str):
    """Check that samples have as many dimensions as the codes that they are drawn beside.

    Raises:
        UnsupportedError: they have not; the message names the figure.
    """
    if codes.shape[1] != samples.shape[1]:
        raise UnsupportedError(
            f"Figure {figure!r} needs a prior of the codes. These have "
            f"{codes.shape[1]} dimensions, samples of the prior {samples.shape[1]}. "
            "Draw 'scatterplot'."
        )


def _as_array(codes) -> np.ndarray:
    import keras  # priors of Keras give tensors, of any engine

    return np.asarray(keras.ops.convert_to_numpy(codes), dtype=float)
