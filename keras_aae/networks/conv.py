"""Convolutional encoder and decoder for images of any size."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from keras_aae.checks import ImageShape, Tensor

HIDDEN_UNITS = (32, 64)
LAYERS = (1, math.inf)
KERNEL_SIZE = 4


def encoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    heads: Sequence[str],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build image -> 4x4 convolutions of stride 2 -> one dense output per head."""
    images = x = layers.Input(image_shape, name="images")
    for i, filters in enumerate(units):
        x = layers.Conv2D(filters, KERNEL_SIZE, 2, "same", **hidden, name=f"conv_{i}")(
            x
        )
    x = layers.Flatten(name="flatten")(x)
    codes = [layers.Dense(latent_dim, **outputs, name=head)(x) for head in heads]
    return keras.Model(images, codes if len(codes) > 1 else codes[0], name="encoder")


def decoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build code -> dense -> 4x4 transposed convolutions of stride 2 -> logits.

    The image is decoded at the next multiple of 2^len(units) and cropped to its size.
    """
    height, width, channels = image_shape
    scale = 2 ** len(units)
    grid = (math.ceil(height / scale), math.ceil(width / scale), units[-1])
    z = x = layers.Input((latent_dim,), name="z")
    x = layers.Dense(math.prod(grid), **hidden, name="hidden")(x)
    x = layers.Reshape(grid, name="grid")(x)
    for i, filters in enumerate(reversed(units[:-1])):
        x = layers.Conv2DTranspose(
            filters, KERNEL_SIZE, 2, "same", **hidden, name=f"conv_{i}"
        )(x)
    x = layers.Conv2DTranspose(
        channels, KERNEL_SIZE, 2, "same", **outputs, name="logits"
    )(x)
    return keras.Model(z, crop(x, height, width), name="decoder")


def crop(x: Tensor, height: int, width: int) -> Tensor:
    """Crop images at the center to a height and a width."""
    spare = (x.shape[1] - height, x.shape[2] - width)
    if not any(spare):
        return x
    return layers.Cropping2D([(n // 2, n - n // 2) for n in spare], name="crop")(x)


def split_activation(hidden: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Split layer arguments into the activation and the others."""
    return hidden["activation"], {k: v for k, v in hidden.items() if k != "activation"}
