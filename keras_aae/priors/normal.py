"""The standard normal distribution."""

from dataclasses import dataclass
from statistics import NormalDist

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Tensor, Width
from keras_aae.losses.divergences import normal_kl, normal_log_prob
from keras_aae.priors.fixed import FixedPrior


@keras.saving.register_keras_serializable("keras_aae")
@dataclass(frozen=True)
class Normal(FixedPrior):
    """Standard normal N(0, I) over (batch, latent_dim)."""

    latent_dim: Width
    extent = 3.0

    def sample(self, n: int, seed: int | keras.random.SeedGenerator | None) -> Tensor:
        """Draw `n` codes, (n, latent_dim)."""
        return keras.random.normal((n, self.latent_dim), seed=seed)

    def log_prob(self, z: Tensor) -> Tensor:
        """Compute log p(z) = -sum(z^2 + log(2 pi)) / 2 over the last axis, in nats."""
        return normal_log_prob(z)

    def kl(self, z: Tensor, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
        """Compute KL(N(m, exp(v)) || N(0, I)) of each example, in nats."""
        del z
        return ops.sum(normal_kl(z_mean, z_log_var), axis=-1)

    def quantiles(self, p: np.ndarray) -> np.ndarray:
        """Return the p-quantile of each dimension."""
        return np.vectorize(NormalDist().inv_cdf)(p)

    def outlines(self) -> list[np.ndarray]:
        """Return the 1- and 2-sigma circles in two dimensions, each (points, 2)."""
        angle = np.linspace(0, 2 * np.pi, 181)
        circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return [circle, 2 * circle]
