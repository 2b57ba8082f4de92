"""Random transforms that preserve the class of images: pure functions (x, seed).

Images are (batch, H, W, C); each image of a batch is transformed independently.
"""

import math
from collections.abc import Callable
from typing import Annotated

import keras
from keras import ops

from keras_aae.checks import Choice, ImageShape, Tensor
from keras_aae.errors import RecipeError

ANGLE = 15.0  # degrees
SHIFT = 2.0  # pixels
CONTRAST, BRIGHTNESS = 0.2, 0.1
Change = Callable[[Tensor, keras.random.SeedGenerator], Tensor]


def dihedral(x: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
    """Apply one of the eight symmetries of the square: flips and quarter turns."""
    x = ops.where(_coins(x, seed), ops.transpose(x, (0, 2, 1, 3)), x)
    x = ops.where(_coins(x, seed), ops.flip(x, axis=1), x)
    return ops.where(_coins(x, seed), ops.flip(x, axis=2), x)


def moves(x: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
    """Rotate by up to 15 degrees and shift by up to 2 pixels in each direction."""
    return moved(x, *_motion(x, seed))


def _motion(
    x: Tensor, seed: keras.random.SeedGenerator
) -> tuple[Tensor, Tensor, Tensor]:
    """Draw an angle in radians and two shifts in pixels for each image."""
    draws = keras.random.uniform((3, ops.shape(x)[0]), -1.0, 1.0, seed=seed)
    return draws[0] * math.radians(ANGLE), SHIFT * draws[1], SHIFT * draws[2]


def mirrored(x: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
    """Flip images horizontally."""
    del seed
    return ops.flip(x, axis=2)


def nudges(x: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
    """Rotate and shift like `moves`, but extend the border instead of zeros."""
    return moved(x, *_motion(x, seed), repeat=True)


def shading(x: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
    """Compute c (x - m) + m + b, clipped to [0, 1], with the image's mean m.

    The contrast c is between 0.8 and 1.2, the brightness b between -0.1 and 0.1.
    """
    shape = (2, ops.shape(x)[0], 1, 1, 1)
    draws = keras.random.uniform(shape, -1.0, 1.0, seed=seed)
    mean = ops.mean(x, axis=(1, 2, 3), keepdims=True)
    contrast, brightness = 1.0 + CONTRAST * draws[0], BRIGHTNESS * draws[1]
    return ops.clip(contrast * (x - mean) + mean + brightness, 0.0, 1.0)


def some_of(*changes: Change) -> Change:
    """Return a transform that applies each of `changes` with probability 1/2."""

    def change(x: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        for each in changes:
            x = ops.where(_coins(x, seed), each(x, seed), x)
        return x

    return change


def moved(
    x: Tensor, angle: Tensor, down: Tensor, right: Tensor, repeat: bool = False
) -> Tensor:
    """Rotate images counterclockwise about their centers, and then shift them.

    Interpolation is bilinear; pixels outside an image are 0.

    Args:
        x: Images, (batch, H, W, C).
        angle: Angles in radians, (batch,).
        down: Vertical shifts in pixels, (batch,).
        right: Horizontal shifts in pixels, (batch,).
        repeat: Whether the border is repeated outside an image.
    """
    _, height, width, channels = x.shape
    middle = ((height - 1) / 2, (width - 1) / 2)
    rows = ops.arange(height, dtype=x.dtype)[None, :, None] - middle[0]
    columns = ops.arange(width, dtype=x.dtype)[None, None, :] - middle[1]
    rows, columns = rows - down[:, None, None], columns - right[:, None, None]
    cos, sin = ops.cos(angle)[:, None, None], ops.sin(angle)[:, None, None]
    # The source position of each pixel, by the inverse motion.
    source = (
        cos * rows + sin * columns + middle[0],
        cos * columns - sin * rows + middle[1],
    )
    low = [ops.floor(place) for place in source]
    flat = ops.reshape(x, (-1, height * width, channels))
    total = 0.0
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        r, c = low[0] + corner[0], low[1] + corner[1]
        near = (1 - ops.abs(source[0] - r)) * (1 - ops.abs(source[1] - c))
        inside = (r >= 0) & (r < height) & (c >= 0) & (c < width)
        place = ops.clip(r, 0, height - 1) * width + ops.clip(c, 0, width - 1)
        index = ops.reshape(ops.cast(place, "int32"), (-1, height * width, 1))
        values = ops.take_along_axis(flat, index, axis=1)
        weight = near if repeat else ops.where(inside, near, 0.0)
        total = total + values * ops.reshape(weight, (-1, height * width, 1))
    return ops.reshape(total, (-1, height, width, channels))


def _coins(x: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
    return keras.random.uniform((ops.shape(x)[0], 1, 1, 1), seed=seed) < 0.5


AUGMENTATIONS = {
    "none": lambda x, seed: x,
    "dihedral": dihedral,
    "moves": moves,
    "faces": some_of(mirrored, nudges, shading),
}
Augmentation = Annotated[str, Choice(AUGMENTATIONS)]


def check_augmentation(name: str, image_shape: ImageShape) -> str:
    """Return the name of an augmentation if it fits images of a shape.

    Raises:
        RecipeError: the augmentation is "dihedral", and the images are not square.
    """
    height, width, _ = image_shape
    if name == "dihedral" and height != width:
        raise RecipeError(
            f"Invalid augmentation 'dihedral' for images of {height}x{width}. Expected "
            "square images. Use, for example, augmentation='moves'."
        )
    return name
