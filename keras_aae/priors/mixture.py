"""A learned mixture of normals."""

from statistics import NormalDist
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from keras_aae.checks import Seed, Tensor, Width, validate
from keras_aae.losses.divergences import normal_log_prob


@keras.saving.register_keras_serializable("keras_aae")
class MixtureOfNormals(layers.Layer):
    """A learned mixture sum_k w_k N(m_k, diag exp(v_k)) over (batch, latent_dim).

    Args:
        latent_dim: Dimension of the codes.
        components: Number of normals.
        seed: Seed of the means' initial values, drawn from N(0, I).

    References:
        VAE with a VampPrior (Tomczak, Welling, 2018), section 2, "MoG".
    """

    def __init__(
        self, latent_dim: int, *, components: Width = 10, seed: Seed = 0, **kwargs: Any
    ):
        components = validate("components", components, Width)
        seed = validate("seed", seed, Seed)
        super().__init__(**kwargs)
        self.latent_dim, self.components, self.seed = latent_dim, components, seed
        shape = (components, latent_dim)
        self.means = self.add_weight(
            shape=shape, initializer=keras.initializers.RandomNormal(0.0, 1.0, seed),
            name="means",
        )  # fmt: skip
        self.log_vars = self.add_weight(
            shape=shape, initializer="zeros", name="log_vars"
        )
        self.logits = self.add_weight(
            shape=(components,), initializer="zeros", name="logits"
        )
        self.built = True

    @classmethod
    def build_for(
        cls, latent_dim: int, components: int, seed: int
    ) -> "MixtureOfNormals":
        """Build the prior of `latent_dim`-dimensional codes."""
        return cls(latent_dim, components=components, seed=seed, name="prior")

    def sample(self, n: int, seed: int | keras.random.SeedGenerator | None) -> Tensor:
        """Draw `n` codes, (n, latent_dim)."""
        if isinstance(seed, int):
            seed = keras.random.SeedGenerator(seed)
        logits = ops.expand_dims(self.logits, 0)
        chosen = keras.random.categorical(logits, n, seed=seed)[0]
        noise = keras.random.normal((n, self.latent_dim), seed=seed)
        scale = ops.exp(0.5 * ops.take(self.log_vars, chosen, axis=0))
        return ops.take(self.means, chosen, axis=0) + scale * noise

    def log_prob(self, z: Tensor) -> Tensor:
        """Compute log p(z) over the last axis, in nats."""
        each = normal_log_prob(
            ops.expand_dims(z, -2), self.means.value, self.log_vars.value
        )
        return ops.logsumexp(each + ops.log_softmax(self.logits.value), axis=-1)

    def kl(self, z: Tensor, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
        """Compute log q(z|x) - log p(z) of each example, in nats.

        Its mean over z ~ q is the KL divergence.
        """
        return normal_log_prob(z, z_mean, z_log_var) - self.log_prob(z)

    def quantiles(self, p: np.ndarray) -> np.ndarray:
        """Return the p-quantile of all dimensions pooled."""
        means, deviations, weights = self._arrays()
        low, high = (means - 9 * deviations).min(), (means + 9 * deviations).max()
        grid = np.linspace(low, high, 4097)
        below = sum(
            w * np.vectorize(NormalDist(float(m), float(s)).cdf)(grid)
            for w, ms, ss in zip(weights, means, deviations, strict=True)
            for m, s in zip(ms, ss, strict=True)
        )
        return np.interp(p, below / self.latent_dim, grid)

    def outlines(self) -> list[np.ndarray]:
        """Return the 1-sigma ellipses of the components, each (points, 2)."""
        means, deviations, _ = self._arrays()
        angle = np.linspace(0, 2 * np.pi, 181)
        circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return [m + s * circle for m, s in zip(means, deviations, strict=True)]

    @property
    def extent(self) -> float:
        """Largest distance from 0 of a component's 2-sigma interval."""
        means, deviations, _ = self._arrays()
        return float((np.abs(means) + 2 * deviations).max())

    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        means, log_vars, logits = (
            ops.convert_to_numpy(w).astype(float)
            for w in (self.means, self.log_vars, self.logits)
        )
        weights = np.exp(logits - logits.max())
        return means, np.exp(0.5 * log_vars), weights / weights.sum()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "latent_dim": self.latent_dim,
            "components": self.components,
            "seed": self.seed,
            "name": self.name,
        }
