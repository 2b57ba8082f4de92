"""A spiral in the plane."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Positive, Tensor
from keras_aae.losses.divergences import normal_log_prob
from keras_aae.priors.planar import PlanarPrior

POINTS = 500  # of the density's sum, closer to each other than the spread


@keras.saving.register_keras_serializable("keras_aae")
@dataclass(frozen=True)
class SwissRoll(PlanarPrior):
    """z = 3 sqrt(u) (cos t, sin t) + s e, t = 2 pi T sqrt(u), over (batch, 2).

    u ~ U(0, 1), e ~ N(0, I). Component k of K is u in [k / K, (k + 1) / K), from the
    center outwards. The square roots make the density constant along the spiral.

    Args:
        components: Number of components K.
        turns: Number of turns T.
        spread: Standard deviation s of the noise.

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        section 2.3, figure 4.
    """

    turns: Positive = 2.0
    spread: Positive = 0.1
    extent = 3.5

    def sample_components(
        self, labels: Tensor, seed: int | keras.random.SeedGenerator | None
    ) -> Tensor:
        """Draw codes of given components, (n, 2).

        Args:
            labels: Component numbers, (n,).
            seed: Number or seed generator.
        """
        if isinstance(seed, int):
            seed = keras.random.SeedGenerator(seed)
        n = ops.shape(labels)[0]
        within = keras.random.uniform((n,), seed=seed)
        u = (ops.cast(labels, within.dtype) + within) / self.components
        return self._spiral(u) + self.spread * keras.random.normal((n, 2), seed=seed)

    def component_log_prob(self, z: Tensor) -> Tensor:
        """Compute log p(z|k) of each component k, (batch, components), in nats."""
        points = -(-POINTS // self.components)  # of a component
        u = (np.arange(self.components * points) + 0.5) / (self.components * points)
        centers = self._spiral(ops.convert_to_tensor(u.astype(keras.config.floatx())))
        each = normal_log_prob(
            ops.expand_dims(z, 1), centers, 2 * float(np.log(self.spread))
        )
        each = ops.reshape(each, (-1, self.components, points))
        return ops.logsumexp(each, axis=-1) - float(np.log(points))

    def _spiral(self, u: Tensor) -> Tensor:
        root = ops.sqrt(u)
        angle = 2 * np.pi * self.turns * root
        return 3.0 * ops.stack([root * ops.cos(angle), root * ops.sin(angle)], axis=-1)

    def outlines(self) -> list[np.ndarray]:
        """Return the spiral without noise, (points, 2)."""
        u = np.linspace(0, 1, 361, dtype="float32") ** 2
        return [ops.convert_to_numpy(self._spiral(ops.convert_to_tensor(u)))]
