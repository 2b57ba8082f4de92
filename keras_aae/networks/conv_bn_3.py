"""Convolutional encoder and decoder of three stages with batch normalization.

References:
    hrenski/Adversarial-Autoencoder-Experiments, the autoencoder of faces. Its widths
    are 2048, 1536 and 1024 (four, three and two times 512). It has no padding, and so
    takes only 64x64 images.
    Batch Normalization (Ioffe, Szegedy, 2015), section 3.2.
"""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from keras_aae.checks import ImageShape, Tensor
from keras_aae.networks.conv import crop, split_activation

HIDDEN_UNITS = (64, 48, 32)
LAYERS = (3, 3)


def encoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    heads: Sequence[str],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build image -> 5x5 / 2 -> 3x3 -> 3x3 / 2 convolutions -> one output per head."""
    activation, kernel = split_activation(hidden)
    images = x = layers.Input(image_shape, name="images")
    stages = zip(units, (5, 3, 3), (2, 1, 2), strict=True)
    for i, (filters, size, stride) in enumerate(stages):
        x = layers.Conv2D(
            filters, size, stride, "same", use_bias=False, **kernel, name=f"conv_{i}"
        )(x)
        x = _normalized(x, activation, i)
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
    """Build code -> dense -> 4x4 / 2 -> 3x3 -> 6x6 / 2 transposed -> logits.

    "/ 2" is a stride of 2. The image is decoded at the next multiple of 4 and cropped
    to its size.
    """
    activation, kernel = split_activation(hidden)
    height, width, channels = image_shape
    grid = (math.ceil(height / 4), math.ceil(width / 4), units[2])
    z = x = layers.Input((latent_dim,), name="z")
    x = layers.Dense(math.prod(grid), activation, **kernel, name="hidden")(x)
    x = layers.Reshape(grid, name="grid")(x)
    stages = zip((units[1], units[0]), (4, 3), (2, 1), strict=True)
    for i, (filters, size, stride) in enumerate(stages):
        x = layers.Conv2DTranspose(
            filters, size, stride, "same", use_bias=False, **kernel, name=f"conv_{i}"
        )(x)
        x = _normalized(x, activation, i)
    x = layers.Conv2DTranspose(channels, 6, 2, "same", **outputs, name="logits")(x)
    return keras.Model(z, crop(x, height, width), name="decoder")


def _normalized(x: Tensor, activation: Any, i: int) -> Tensor:
    # Batch normalization has the bias.
    x = layers.BatchNormalization(name=f"normal_{i}")(x)
    return layers.Activation(activation, name=f"activation_{i}")(x)
