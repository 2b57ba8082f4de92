"""What priors of two dimensions and several classes have in common."""

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
    """A distribution over (batch, 2) of `components` classes, all equally likely.

    A subclass gives `sample_components(labels, seed)` and `component_log_prob(z)`, (batch, components).
    """

    components: Width = 10
    latent_dim = 2

    @classmethod
    def build_for(cls, latent_dim: int, components: int, seed: int) -> Self:
        """The prior of codes so wide; nothing in it is random.

        Raises:
            RecipeError: codes have another width than 2, or components are invalid.
        """
        del seed
        if latent_dim != cls.latent_dim:
            raise RecipeError(
                f"Invalid latent_dim {latent_dim} for this prior, which lies in the "
                "plane. Expected 2."
            )
        return cls(components)

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return self.components

    def sample(self, n: int, seed: int | keras.random.SeedGenerator | None) -> Tensor:
        """`n` codes of random classes, (n, 2)."""
        if isinstance(seed, int):
            seed = keras.random.SeedGenerator(seed)
        labels = keras.random.randint((n,), 0, self.components, seed=seed)
        return self.sample_components(labels, seed)

    def sample_components(
        self, labels: Tensor, seed: int | keras.random.SeedGenerator | None
    ) -> Tensor:
        """Draw codes of given classes, (n, 2)."""
        raise NotImplementedError

    def component_log_prob(self, z: Tensor) -> Tensor:
        """Compute log p(z|k) for each class k, (batch, components), in nats."""
        raise NotImplementedError

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) = log mean_k p(z|k), (batch,), in nats."""
        each = self.component_log_prob(z)
        return ops.logsumexp(each, axis=-1) - np.log(self.components)

    def classify(self, z: Tensor) -> np.ndarray:
        """The class that codes most likely are of, (batch,)."""
        z = ops.convert_to_tensor(np.asarray(z, "float32"))
        return ops.convert_to_numpy(self.component_log_prob(z)).argmax(axis=-1)

    def kl(self, z: Tensor, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
        """log q(z|x) - log p(z), whose mean over z ~ q is the KL of each example; nats."""
        return normal_log_prob(z, z_mean, z_log_var) - self.log_prob(z)

    def quantiles(self, p: np.ndarray) -> np.ndarray:
        """The value below which a share `p` of its coordinates lies, by 100,000 draws."""
        return np.quantile(ops.convert_to_numpy(self.sample(50_000, seed=0)), p)
