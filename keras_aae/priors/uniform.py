"""The uniform distribution over a cube."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Tensor, Width
from keras_aae.errors import UnsupportedError
from keras_aae.priors.fixed import FixedPrior


@keras.saving.register_keras_serializable("keras_aae")
@dataclass(frozen=True)
class Uniform(FixedPrior):
    """U(-1, 1)^d over (batch, latent_dim)."""

    latent_dim: Width
    extent = 1.0

    def sample(self, n: int, seed: int | keras.random.SeedGenerator | None) -> Tensor:
        """Draw `n` codes, (n, latent_dim)."""
        return keras.random.uniform((n, self.latent_dim), -1.0, 1.0, seed=seed)

    def log_prob(self, z: Tensor) -> Tensor:
        """Compute log p(z) in nats: -d log 2 inside the cube, -inf outside."""
        inside = ops.all(ops.abs(z) <= 1.0, axis=-1)
        return ops.where(inside, -self.latent_dim * float(np.log(2)), -float("inf"))

    def kl(self, z: Tensor, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
        """Raise an error: a normal posterior has mass outside the cube.

        Raises:
            UnsupportedError: always.
        """
        raise UnsupportedError(
            "KL(q(z|x) || p(z)) is infinite for the uniform prior and a normal q. Use "
            "an adversarial autoencoder, or another prior."
        )

    def quantiles(self, p: np.ndarray) -> np.ndarray:
        """Return the p-quantile of each dimension."""
        return 2 * np.asarray(p) - 1

    def outlines(self) -> list[np.ndarray]:
        """Return the square in two dimensions, (points, 2)."""
        return [np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], float)]
