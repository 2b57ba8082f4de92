"""Noise for images in [0, 1], which stay in [0, 1]: pure functions (x, amount, seed).

References:
    Stacked Denoising Autoencoders (Vincent, Larochelle, Lajoie, Bengio, Manzagol, 2010),
    section 3.3.
"""

from typing import Annotated

import keras
from keras import ops

from keras_aae.checks import Choice, Tensor


def gaussian(x: Tensor, amount: float, seed: keras.random.SeedGenerator) -> Tensor:
    """clip(x + amount e, 0, 1), e ~ N(0, 1) clipped to [-2, 2], a draw a pixel."""
    e = ops.clip(keras.random.normal(ops.shape(x), seed=seed), -2.0, 2.0)
    return ops.clip(x + amount * e, 0.0, 1.0)


def masking(x: Tensor, amount: float, seed: keras.random.SeedGenerator) -> Tensor:
    """x with a share `amount` of the pixels, on average, set to 0."""
    return ops.where(keras.random.uniform(ops.shape(x), seed=seed) < amount, 0.0, x)


def salt_and_pepper(
    x: Tensor, amount: float, seed: keras.random.SeedGenerator
) -> Tensor:
    """x with a share `amount` of the pixels, on average, set to 0 or 1, either as often."""
    u = keras.random.uniform(ops.shape(x), seed=seed)
    return ops.where(u < amount, ops.cast(u < 0.5 * amount, x.dtype), x)


CORRUPTIONS = {
    "gaussian": gaussian,
    "masking": masking,
    "salt-and-pepper": salt_and_pepper,
}
Corruption = Annotated[str, Choice(CORRUPTIONS)]
