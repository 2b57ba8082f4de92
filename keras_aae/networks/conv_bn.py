"""Convolutional encoder and decoder with batch normalization and dropout.

References:
    Batch Normalization (Ioffe, Szegedy, 2015), section 3.2; Dropout (Srivastava,
    Hinton, Krizhevsky, Sutskever, Salakhutdinov, 2014), section 4.
"""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from keras_aae.checks import ImageShape, Tensor
from keras_aae.networks.conv import crop, split_activation
from keras_aae.networks.dropout import dropout_layer

HIDDEN_UNITS = (64, 128, 256)
LAYERS = (1, math.inf)
KERNEL_SIZE = 5
DROPOUT = 0.2


def encoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    heads: Sequence[str],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build image -> 5x5 convolutions, normalized -> one dense output per head.

    The first convolution has stride 1 and no normalization, the others have stride 2.
    """
    activation, kernel = split_activation(hidden)
    images = x = layers.Input(image_shape, name="images")
    x = layers.Conv2D(units[0], KERNEL_SIZE, padding="same", **kernel, name="conv_0")(x)
    x = layers.Activation(activation, name="activation_0")(x)
    for i, filters in enumerate(units[1:], start=1):
        x = layers.Conv2D(
            filters, KERNEL_SIZE, 2, "same", use_bias=False, **kernel, name=f"conv_{i}"
        )(x)
        x = _normalized(x, activation, i)
    x = layers.Flatten(name="flatten")(x)
    x = dropout_layer(DROPOUT, name="dropout")(x)
    codes = [layers.Dense(latent_dim, **outputs, name=head)(x) for head in heads]
    return keras.Model(images, codes if len(codes) > 1 else codes[0], name="encoder")


def decoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build code -> dense -> normalized 5x5 transposed convolutions -> logits.

    The convolutions have stride 2, but for the last. The first grid has twice as many
    filters as the encoder's last layer. The image is decoded at the next
    multiple of 2^(len(units) - 1) and cropped to its size.
    """
    activation, kernel = split_activation(hidden)
    height, width, channels = image_shape
    scale = 2 ** (len(units) - 1)
    grid = (math.ceil(height / scale), math.ceil(width / scale), 2 * units[-1])
    z = x = layers.Input((latent_dim,), name="z")
    x = layers.Dense(math.prod(grid), use_bias=False, **kernel, name="hidden")(x)
    x = _normalized(layers.Reshape(grid, name="grid")(x), activation, 0)
    for i, filters in enumerate(reversed(units[1:]), start=1):
        x = layers.Conv2DTranspose(
            filters, KERNEL_SIZE, 2, "same", use_bias=False, **kernel, name=f"conv_{i}"
        )(x)
        x = _normalized(x, activation, i)
    x = layers.Conv2DTranspose(
        channels, KERNEL_SIZE, padding="same", **outputs, name="logits"
    )(x)
    return keras.Model(z, crop(x, height, width), name="decoder")


def _normalized(x: Tensor, activation: Any, i: int) -> Tensor:
    # Batch normalization has the bias.
    x = layers.BatchNormalization(name=f"normal_{i}")(x)
    x = layers.Activation(activation, name=f"activation_{i}")(x)
    return dropout_layer(DROPOUT, name=f"dropout_{i}")(x)
