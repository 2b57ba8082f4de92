"""The categorical distribution over one-hot codes."""

from dataclasses import dataclass
from typing import NoReturn

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Tensor, Width
from keras_aae.errors import UnsupportedError
from keras_aae.priors.fixed import FixedPrior


@keras.saving.register_keras_serializable("keras_aae")
@dataclass(frozen=True)
class Categorical(FixedPrior):
    """Cat(1/K, ..., 1/K) over one-hot codes (batch, K), K = latent_dim."""

    latent_dim: Width
    extent = 1.0

    @property
    def num_classes(self) -> int:
        """Number of categories."""
        return self.latent_dim

    def sample(self, n: int, seed: int | keras.random.SeedGenerator | None) -> Tensor:
        """Draw `n` one-hot codes, (n, K)."""
        return self.sample_components(
            keras.random.randint((n,), 0, self.latent_dim, seed=seed)
        )

    def sample_components(
        self, labels: Tensor, seed: int | keras.random.SeedGenerator | None = None
    ) -> Tensor:
        """Return the one-hot codes of given categories, (n, K)."""
        del seed
        return ops.one_hot(labels, self.latent_dim, dtype=keras.config.floatx())

    def classify(self, z: Tensor) -> np.ndarray:
        """Return the nearest category of codes, (batch,)."""
        return np.asarray(z).argmax(axis=-1)

    def log_prob(self, z: Tensor) -> Tensor:
        """Compute log P(z) in nats: -log K of one-hot codes, -inf of others."""
        one_hot = ops.logical_and(
            ops.all(ops.logical_or(z == 0, z == 1), axis=-1), ops.sum(z, axis=-1) == 1
        )
        return ops.where(one_hot, -float(np.log(self.latent_dim)), -float("inf"))

    def kl(self, z: Tensor, z_mean: Tensor, z_log_var: Tensor) -> NoReturn:
        """Raise an error: a normal posterior has no mass on one-hot codes.

        Raises:
            UnsupportedError: always.
        """
        raise UnsupportedError(
            "KL(q(z|x) || p(z)) is infinite for the categorical prior and a normal q. "
            "Use an adversarial autoencoder, or another prior."
        )

    def quantiles(self, p: np.ndarray) -> np.ndarray:
        """Return the p-quantile of each dimension, 0 or 1."""
        return np.where(np.asarray(p) > 1 - 1 / self.latent_dim, 1.0, 0.0)

    def outlines(self) -> list[np.ndarray]:
        """Return no outlines: the codes are points."""
        return []
