"""Corruptions of images in [0, 1]: pure functions (x, amount, seed).

Corrupted images stay in [0, 1].

References:
    Stacked Denoising Autoencoders (Vincent, Larochelle, Lajoie, Bengio, Manzagol,
    2010), section 3.3.
"""

from typing import Annotated

import keras
from keras import ops

from keras_aae.checks import Choice, Tensor


def gaussian(x: Tensor, amount: float, seed: keras.random.SeedGenerator) -> Tensor:
    """Compute clip(x + amount e, 0, 1), e ~ N(0, 1) clipped to [-2, 2]."""
    e = ops.clip(keras.random.normal(ops.shape(x), seed=seed), -2.0, 2.0)
    return ops.clip(x + amount * e, 0.0, 1.0)


def masking(x: Tensor, amount: float, seed: keras.random.SeedGenerator) -> Tensor:
    """Set each pixel to 0 with probability `amount`."""
    return ops.where(keras.random.uniform(ops.shape(x), seed=seed) < amount, 0.0, x)


def salt_and_pepper(
    x: Tensor, amount: float, seed: keras.random.SeedGenerator
) -> Tensor:
    """Set each pixel to 0 or 1 with probability `amount` / 2 each."""
    u = keras.random.uniform(ops.shape(x), seed=seed)
    return ops.where(u < amount, ops.cast(u < 0.5 * amount, x.dtype), x)


CORRUPTIONS = {
    "gaussian": gaussian,
    "masking": masking,
    "salt-and-pepper": salt_and_pepper,
}
Corruption = Annotated[str, Choice(CORRUPTIONS)]
