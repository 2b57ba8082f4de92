"""Fully connected encoder and decoder."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from keras_aae.checks import ImageShape

HIDDEN_UNITS = (500,)


def encoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    heads: Sequence[str],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build image -> dense layers of `units` -> one dense output per head."""
    images = x = layers.Input(image_shape, name="images")
    x = layers.Flatten(name="flatten")(x)
    for i, width in enumerate(units):
        x = layers.Dense(width, **hidden, name=f"hidden_{i}")(x)
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
        x = layers.Dense(width, **hidden, name=f"hidden_{i}")(x)
    x = layers.Dense(math.prod(image_shape), **outputs, name="logits")(x)
    return keras.Model(z, layers.Reshape(image_shape, name="images")(x), name="decoder")
