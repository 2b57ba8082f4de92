"""Convolutional generator and discriminator of images of any size.

References:
    Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
    Networks (Radford, Metz, Chintala, 2015), section 3 and figure 1.
"""

import math
from typing import Any

import keras
from keras import layers

from keras_aae.checks import Filters, ImageShape, Positive, Tensor, Width, validated
from keras_aae.networks.conv import crop

KERNEL_SIZE = 5
LEAK = 0.2
GAMMA_STDDEV = 0.02


@validated
def build_dcgan_networks(
    image_shape: ImageShape,
    normalized: bool = True,
    *,
    latent_dim: Width = 100,
    generator_filters: Filters = (128, 64),
    discriminator_filters: Filters = (64, 128),
    init_stddev: Positive | None = 0.02,
) -> tuple[keras.Model, keras.Model]:
    """Build a generator, codes -> logits, and a discriminator, images -> logit.

    Args:
        image_shape: (height, width, channels).
        normalized: Whether the discriminator has batch normalization.
        latent_dim: Dimension of the codes.
        generator_filters: Numbers of filters of the generator's feature maps. Each
            layer doubles the height and width, the output layer too.
        discriminator_filters: Numbers of filters of the discriminator's feature maps.
            Each layer halves the height and width.
        init_stddev: Standard deviation of the kernels' initial values, truncated
            normal; None is Glorot uniform.

    Returns:
        (generator, discriminator). The generator returns logits (batch, *image_shape),
        the discriminator [logit (batch, 1), last feature map].

    Raises:
        RecipeError: an option is invalid.
    """
    generator = _generator(image_shape, latent_dim, generator_filters, init_stddev)
    discriminator = _discriminator(
        image_shape, discriminator_filters, normalized, init_stddev
    )
    return generator, discriminator


def _generator(
    image_shape: ImageShape,
    latent_dim: int,
    filters: tuple[int, ...],
    stddev: float | None,
) -> keras.Model:
    """Build code -> dense -> (BN, ReLU, 5x5 transposed convolution) per map -> logits.

    The convolutions have stride 2. The image is generated at the next multiple of
    2^len(filters) and cropped to its size.
    """
    height, width, channels = image_shape
    scale = 2 ** len(filters)
    grid = (math.ceil(height / scale), math.ceil(width / scale), filters[0])
    z = layers.Input((latent_dim,), name="z")
    # Batch normalization has the bias.
    x = layers.Dense(
        math.prod(grid),
        use_bias=False,
        kernel_initializer=_kernel(stddev),
        name="hidden",
    )(z)
    x = _normal(layers.Reshape(grid, name="grid")(x), "grid")
    x = layers.ReLU(name="relu_grid")(x)
    for i, count in enumerate(filters[1:]):
        x = _enlarge(x, count, stddev, f"conv_{i}", use_bias=False)
        x = layers.ReLU(name=f"relu_{i}")(_normal(x, i))
    x = _enlarge(x, channels, stddev, "logits")
    return keras.Model(z, crop(x, height, width), name="generator")


def _discriminator(
    image_shape: ImageShape,
    filters: tuple[int, ...],
    normalized: bool,
    stddev: float | None,
) -> keras.Model:
    """Build image -> (5x5 convolution, BN, leaky ReLU) per map -> dense -> logit.

    The convolutions have stride 2; the first has no batch normalization. Images are
    scaled to [-1, 1], where generated ones are the tanh of half the logits.
    """
    images = layers.Input(image_shape, name="images")
    x = layers.Rescaling(2.0, -1.0, name="signed")(images)
    for i, count in enumerate(filters):
        normal = normalized and i > 0
        x = layers.Conv2D(
            count, KERNEL_SIZE, 2, "same", use_bias=not normal,
            kernel_initializer=_kernel(stddev), name=f"conv_{i}",
        )(x)  # fmt: skip
        x = _normal(x, i) if normal else x
        x = layers.LeakyReLU(LEAK, name=f"leaky_relu_{i}")(x)
    flat = layers.Flatten(name="flatten")(x)
    logit = layers.Dense(1, kernel_initializer=_kernel(stddev), name="logit")(flat)
    return keras.Model(images, [logit, x], name="discriminator")


def _enlarge(
    x: Tensor, filters: int, stddev: float | None, name: str, **options: Any
) -> Tensor:
    return layers.Conv2DTranspose(
        filters, KERNEL_SIZE, 2, "same", kernel_initializer=_kernel(stddev), name=name,
        **options,
    )(x)  # fmt: skip


def _normal(x: Tensor, name: int | str) -> Tensor:
    return layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5,
        gamma_initializer=keras.initializers.RandomNormal(1.0, GAMMA_STDDEV),
        name=f"normal_{name}",
    )(x)  # fmt: skip


def _kernel(stddev: float | None) -> keras.initializers.Initializer:
    """Return a new initializer; a shared one would draw the same values for all."""
    if stddev is None:
        return keras.initializers.GlorotUniform()
    return keras.initializers.TruncatedNormal(0.0, stddev)
