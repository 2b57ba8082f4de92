"""Fake codes of shared-encoding networks: sources, and paths to the discriminator."""

from dataclasses import dataclass
from typing import Annotated

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Choice, Tensor


@dataclass(frozen=True)
class FakePath:
    """The path of a fake code to the discriminator.

    Args:
        generator: Whether a network generates the code; otherwise it is random.
        image: Whether the code is decoded to an image and encoded again.
        discriminator: Whether there is a discriminator.
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
    """Uniform random codes u in (0, 1).

    Args:
        width: Dimension of the codes.
    """

    num_classes = 0  # classes that condition the codes

    def __init__(self, width: int):
        self.noise_width = width

    def draw(self, n: int, seed: int | keras.random.SeedGenerator) -> Tensor:
        """Draw u for `n` codes, (n, noise_width)."""
        return keras.random.uniform((n, self.noise_width), seed=seed)

    def draw_array(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw the same from a NumPy generator."""
        return rng.random((n, self.noise_width), np.float32)

    def codes(self, u: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the codes of u, (batch, latent_dim)."""
        del labels
        return u


class LogisticNormalCodes(UniformCodes):
    """Random codes sigmoid(e), e ~ N(0, I), (batch, width)."""

    def draw(self, n: int, seed: int | keras.random.SeedGenerator) -> Tensor:
        return ops.sigmoid(keras.random.normal((n, self.noise_width), seed=seed))

    def draw_array(self, n: int, rng: np.random.Generator) -> np.ndarray:
        e = rng.standard_normal((n, self.noise_width), np.float32)
        return 1 / (1 + np.exp(-e))


class GeneratedCodes(UniformCodes):
    """Codes that a network generates from u and, if it is conditional, from classes.

    Args:
        generator: One or more inputs for u, all of one width, and optionally a last
            input of one-hot classes, named "classes" -> codes.
    """

    def __init__(self, generator: keras.Model):
        widths = {i.name: i.shape[-1] for i in generator.inputs}
        self.num_classes = widths.pop("classes", 0)
        self.generator, self.parts = generator, len(widths)
        super().__init__(sum(widths.values()))

    def codes(self, u: Tensor, labels: Tensor | None = None) -> Tensor:
        """Generate codes from u and class numbers, (batch,)."""
        inputs = ops.split(u, self.parts, axis=1)
        if self.num_classes:
            inputs.append(ops.one_hot(labels, self.num_classes, dtype=u.dtype))
        return self.generator(inputs)
