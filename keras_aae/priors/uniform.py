"""The uniform distribution over a cube."""

from dataclasses import asdict, dataclass

import keras
import numpy as np
from keras import ops

from keras_aae.errors import UnsupportedError


@keras.saving.register_keras_serializable("keras_aae")
@dataclass(frozen=True)
class Uniform:
    """U(-1, 1)^d over (batch, latent_dim)."""

    latent_dim: int
    extent = 1.0

    @classmethod
    def build_for(cls, latent_dim: int, components: int, seed: int) -> "Uniform":
        """The prior of codes so wide; it has no components and nothing random."""
        del components, seed
        return cls(latent_dim)

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: dict) -> "Uniform":
        """The inverse of `get_config`."""
        return cls(**config)

    def sample(self, n: int, seed):
        """`n` codes, (n, latent_dim)."""
        return keras.random.uniform((n, self.latent_dim), -1.0, 1.0, seed=seed)

    def log_prob(self, z):
        """log p(z) = -d log 2 inside the cube, and minus infinity outside; nats."""
        inside = ops.all(ops.abs(z) <= 1.0, axis=-1)
        return ops.where(inside, -self.latent_dim * float(np.log(2)), -float("inf"))

    def kl(self, z, z_mean, z_log_var):
        """None: a normal posterior reaches beyond the cube.

        Raises:
            UnsupportedError: always.
        """
        raise UnsupportedError(
            "KL(q(z|x) || p(z)) is infinite for the uniform prior and a normal q. Use an "
            "adversarial autoencoder, or another prior."
        )

    def quantiles(self, p: np.ndarray) -> np.ndarray:
        """The value below which a share `p` of each dimension lies."""
        return 2 * np.asarray(p) - 1

    def outlines(self) -> list[np.ndarray]:
        """The square of two dimensions, (points, 2)."""
        return [np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], float)]
