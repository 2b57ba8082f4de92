"""Base class of the two-dimensional priors with components."""

from dataclasses import dataclass
from typing import Self

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Tensor, Width
from keras_aae.errors import RecipeError
from keras_aae.losses.divergences import normal_log_prob
from keras_aae.priors.fixed import FixedPrior


@dataclass(frozen=True)
class PlanarPrior(FixedPrior):
    """A distribution over (batch, 2) with equally likely components, one per class.

    A subclass defines `sample_components(labels, seed)` and `component_log_prob(z)`,
    (batch, components).
    """

    components: Width = 10
    latent_dim = 2

    @classmethod
    def build_for(cls, latent_dim: int, components: int, seed: int) -> Self:
        """Build the prior; the seed is ignored.

        Raises:
            RecipeError: `latent_dim` is not 2, or `components` is invalid.
        """
        del seed
        if latent_dim != cls.latent_dim:
            raise RecipeError(
                f"Invalid latent_dim {latent_dim} for a two-dimensional prior. "
                "Expected 2. Set latent_dim=2, or use another prior."
            )
        return cls(components)

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return self.components

    def sample(self, n: int, seed: int | keras.random.SeedGenerator | None) -> Tensor:
        """Draw `n` codes of random components, (n, 2)."""
        if isinstance(seed, int):
            seed = keras.random.SeedGenerator(seed)
        labels = keras.random.randint((n,), 0, self.components, seed=seed)
        return self.sample_components(labels, seed)

    def sample_components(
        self, labels: Tensor, seed: int | keras.random.SeedGenerator | None
    ) -> Tensor:
        """Draw codes of given components, (n, 2)."""
        raise NotImplementedError

    def component_log_prob(self, z: Tensor) -> Tensor:
        """Compute log p(z|k) of each component k, (batch, components), in nats."""
        raise NotImplementedError

    def log_prob(self, z: Tensor) -> Tensor:
        """Compute log p(z) = log mean_k p(z|k), (batch,), in nats."""
        each = self.component_log_prob(z)
        return ops.logsumexp(each, axis=-1) - np.log(self.components)

    def classify(self, z: Tensor) -> np.ndarray:
        """Return the most likely component of codes, (batch,)."""
        z = ops.convert_to_tensor(np.asarray(z, "float32"))
        return ops.convert_to_numpy(self.component_log_prob(z)).argmax(axis=-1)

    def kl(self, z: Tensor, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
        """Compute log q(z|x) - log p(z) of each example, in nats.

        Its mean over z ~ q is the KL divergence.
        """
        return normal_log_prob(z, z_mean, z_log_var) - self.log_prob(z)

    def quantiles(self, p: np.ndarray) -> np.ndarray:
        """Return the p-quantile of the coordinates, estimated from 100,000 of them."""
        return np.quantile(ops.convert_to_numpy(self.sample(50_000, seed=0)), p)
