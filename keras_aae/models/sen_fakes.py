"""Fake codes of shared-encoding networks: their sources, and their ways to the discriminator."""

from dataclasses import dataclass
from typing import Annotated

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Choice, Tensor


@dataclass(frozen=True)
class FakePath:
    """What a code goes through before the discriminator sees it.

    Args:
        generator: Whether a network generates it; else it is random numbers.
        image: Whether it is decoded to an image and encoded again.
        discriminator: Whether there is a discriminator to see it.
    """

    generator: bool
    image: bool
    discriminator: bool = True


FAKE_PATHS = {
    "image": FakePath(generator=True, image=True),
    "direct": FakePath(generator=True, image=False),
    "random": FakePath(generator=False, image=True),
    "none": FakePath(generator=False, image=False, discriminator=False),
}
FakePathName = Annotated[str, Choice(FAKE_PATHS)]


class UniformCodes:
    """Random numbers u, uniform in (0, 1), that are codes themselves.

    Args:
        width: Of a code.
    """

    num_classes = 0  # that a code can be conditioned on

    def __init__(self, width: int):
        self.noise_width = width

    def draw(self, n: int, seed: int | keras.random.SeedGenerator) -> Tensor:
        """Return u for `n` codes, (n, noise_width)."""
        return keras.random.uniform((n, self.noise_width), seed=seed)

    def draw_array(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return the same from a NumPy generator."""
        return rng.random((n, self.noise_width), np.float32)

    def codes(self, u: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the codes of u, (batch, latent_dim)."""
        del labels
        return u


class LogisticNormalCodes(UniformCodes):
    """Codes sigmoid(e), e ~ N(0, I), (batch, width)."""

    def draw(self, n: int, seed: int | keras.random.SeedGenerator) -> Tensor:
        return ops.sigmoid(keras.random.normal((n, self.noise_width), seed=seed))

    def draw_array(self, n: int, rng: np.random.Generator) -> np.ndarray:
        e = rng.standard_normal((n, self.noise_width), np.float32)
        return 1 / (1 + np.exp(-e))


class GeneratedCodes(UniformCodes):
    """Codes that a network generates from u, and perhaps for classes.

    Args:
        generator: one input or more for u, all of one width, and perhaps one of one-hot
            classes, the last, named "classes" -> codes.
    """

    def __init__(self, generator: keras.Model):
        widths = {i.name: i.shape[-1] for i in generator.inputs}
        self.num_classes = widths.pop("classes", 0)
        self.generator, self.parts = generator, len(widths)
        super().__init__(sum(widths.values()))

    def codes(self, u: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the codes of u for classes, (batch,) whole numbers."""
        inputs = ops.split(u, self.parts, axis=1)
        if self.num_classes:
            inputs.append(ops.one_hot(labels, self.num_classes, dtype=u.dtype))
        return self.generator(inputs)
