"""Encoder and decoder in the manner of LeNet: convolutions, max-pooling, dense layer.

References:
    Gradient-Based Learning Applied to Document Recognition (LeCun, Bottou, Bengio,
    Haffner, 1998), section II.
"""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from keras_aae.checks import ImageShape
from keras_aae.networks.conv import crop

HIDDEN_UNITS = (32, 64, 1024)
LAYERS = (2, math.inf)
KERNEL_SIZE = 5


def encoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    heads: Sequence[str],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build image -> (5x5 convolution, 2x2 max-pooling)* -> dense -> outputs.

    The last of `units` is the width of the dense layer, the others are filters. There
    is one dense output per head.
    """
    *filters, width = units
    images = x = layers.Input(image_shape, name="images")
    for i, count in enumerate(filters):
        x = layers.Conv2D(
            count, KERNEL_SIZE, padding="same", **hidden, name=f"conv_{i}"
        )(x)
        x = layers.MaxPooling2D(2, padding="same", name=f"pool_{i}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(width, **hidden, name="hidden")(x)
    codes = [layers.Dense(latent_dim, **outputs, name=head)(x) for head in heads]
    return keras.Model(images, codes if len(codes) > 1 else codes[0], name="encoder")


def decoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build code -> dense -> dense -> 5x5 transposed convolutions -> logits.

    The convolutions have stride 2. The image is decoded at the next multiple of
    2^(len(units) - 1) and cropped to its size.
    """
    *filters, width = units
    height, image_width, channels = image_shape
    scale = 2 ** len(filters)
    grid = (math.ceil(height / scale), math.ceil(image_width / scale), filters[-1])
    z = x = layers.Input((latent_dim,), name="z")
    x = layers.Dense(width, **hidden, name="hidden_0")(x)
    x = layers.Dense(math.prod(grid), **hidden, name="hidden_1")(x)
    x = layers.Reshape(grid, name="grid")(x)
    for i, count in enumerate(reversed(filters[:-1])):
        x = layers.Conv2DTranspose(
            count, KERNEL_SIZE, 2, "same", **hidden, name=f"conv_{i}"
        )(x)
    x = layers.Conv2DTranspose(
        channels, KERNEL_SIZE, 2, "same", **outputs, name="logits"
    )(x)
    return keras.Model(z, crop(x, height, image_width), name="decoder")
