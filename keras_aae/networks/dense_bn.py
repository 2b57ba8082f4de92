"""Fully connected encoder and decoder with batch normalization.

References:
    Batch Normalization (Ioffe, Szegedy, 2015), algorithm 1.
"""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from keras_aae.checks import ImageShape, Tensor

HIDDEN_UNITS = (500, 500)


def encoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    heads: Sequence[str],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build image -> (dense, BN, activation) per layer -> one output per head."""
    images = x = layers.Input(image_shape, name="images")
    x = layers.Flatten(name="flatten")(x)
    for i, width in enumerate(units):
        x = _hidden(x, width, i, **hidden)
    codes = [layers.Dense(latent_dim, **outputs, name=head)(x) for head in heads]
    return keras.Model(images, codes if len(codes) > 1 else codes[0], name="encoder")


def decoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build code -> the encoder's layers in reverse -> logits of the pixels."""
    z = x = layers.Input((latent_dim,), name="z")
    for i, width in enumerate(reversed(units)):
        x = _hidden(x, width, i, **hidden)
    x = layers.Dense(math.prod(image_shape), **outputs, name="logits")(x)
    return keras.Model(z, layers.Reshape(image_shape, name="images")(x), name="decoder")


def _hidden(
    x: Tensor, width: int, i: int, activation: Any, **kernel: dict[str, Any]
) -> Tensor:
    # Batch normalization has the bias.
    x = layers.Dense(width, use_bias=False, **kernel, name=f"hidden_{i}")(x)
    x = layers.BatchNormalization(name=f"normal_{i}")(x)
    return layers.Activation(activation, name=f"activation_{i}")(x)
