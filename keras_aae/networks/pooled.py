"""Encoder and decoder whose code is a small feature map.

References:
    Building Autoencoders in Keras (Chollet, 2016), Convolutional autoencoder.
"""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from keras_aae.checks import ImageShape
from keras_aae.errors import RecipeError
from keras_aae.networks.conv import crop

HIDDEN_UNITS = (16, 8, 8)
LAYERS = (1, math.inf)
KERNEL_SIZE = 3


def encoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    heads: Sequence[str],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build image -> (3x3 convolution, 2x2 max-pooling)* -> flattened feature map.

    The last convolution has the activation of the code.
    """
    _check_code(image_shape, latent_dim, units, heads)
    images = x = layers.Input(image_shape, name="images")
    for i, filters in enumerate(units):
        look = outputs if i == len(units) - 1 else hidden
        x = layers.Conv2D(
            filters, KERNEL_SIZE, padding="same", **look, name=f"conv_{i}"
        )(x)
        x = layers.MaxPooling2D(2, padding="same", name=f"pool_{i}")(x)
    return keras.Model(images, layers.Flatten(name=heads[0])(x), name="encoder")


def decoder(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    hidden: dict[str, Any],
    outputs: dict[str, Any],
) -> keras.Model:
    """Build code -> feature map -> (3x3 convolution, 2x2 upsampling)* -> logits.

    The image is decoded at the next multiple of 2^len(units) and cropped to its size.
    """
    height, width, channels = image_shape
    z = x = layers.Input((latent_dim,), name="z")
    x = layers.Reshape((*_grid(image_shape, units), units[-1]), name="grid")(x)
    for i, filters in enumerate(reversed(units)):
        x = layers.Conv2D(
            filters, KERNEL_SIZE, padding="same", **hidden, name=f"conv_{i}"
        )(x)
        x = layers.UpSampling2D(2, name=f"up_{i}")(x)
    x = layers.Conv2D(channels, KERNEL_SIZE, padding="same", **outputs, name="logits")(
        x
    )
    return keras.Model(z, crop(x, height, width), name="decoder")


def _grid(image_shape: ImageShape, units: tuple[int, ...]) -> tuple[int, int, int]:
    scale = 2 ** len(units)
    return tuple(math.ceil(side / scale) for side in image_shape[:2])


def _check_code(
    image_shape: ImageShape,
    latent_dim: int,
    units: tuple[int, ...],
    heads: Sequence[str],
) -> None:
    if len(heads) > 1:
        raise RecipeError(
            "Invalid network 'pooled'. Expected a network with the outputs "
            f"{' and '.join(heads)}; 'pooled' has one output. Use, for example, conv."
        )
    size = math.prod(_grid(image_shape, units)) * units[-1]
    if latent_dim != size:
        raise RecipeError(
            f"Invalid latent_dim {latent_dim} for network 'pooled'. Expected {size}, "
            f"the size of its feature map for images of {image_shape} and hidden_units "
            f"{units}. Change latent_dim or hidden_units."
        )
