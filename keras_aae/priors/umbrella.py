"""A ring of radially elongated normals in the plane."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Positive, Strength, Tensor
from keras_aae.losses.divergences import normal_log_prob
from keras_aae.priors.planar import PlanarPrior


@keras.saving.register_keras_serializable("keras_aae")
@dataclass(frozen=True)
class Umbrella(PlanarPrior):
    """p(z) = mean_k N(z; R_k (r, 0), R_k diag(s_r^2, s_t^2) R_k^T), over (batch, 2).

    R_k is the rotation by 2 pi k / K, so component k lies in that direction.

    Args:
        components: Number of components K.
        radius: Distance r of the components' means from the origin.
        radial: Standard deviation s_r in the radial direction.
        tangential: Standard deviation s_t in the tangential direction.

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        section 2.2.
    """

    radius: Strength = 2.0
    radial: Positive = 0.75
    tangential: Positive = 0.25
    extent = 4.0

    def sample_components(
        self, labels: Tensor, seed: int | keras.random.SeedGenerator | None
    ) -> Tensor:
        """Draw codes of given components, (n, 2).

        Args:
            labels: Component numbers, (n,).
            seed: Number or seed generator.
        """
        spread = ops.convert_to_tensor(
            [self.radial, self.tangential], keras.config.floatx()
        )
        noise = keras.random.normal((ops.shape(labels)[0], 2), seed=seed)
        local = spread * noise + ops.convert_to_tensor([self.radius, 0.0], noise.dtype)
        out, side = (ops.take(axis, labels, axis=0) for axis in self._axes())
        return local[:, :1] * out + local[:, 1:] * side

    def component_log_prob(self, z: Tensor) -> Tensor:
        """Compute log p(z|k) of each component k, (batch, components), in nats."""
        out, side = self._axes()
        radial, tangential = ops.matmul(z, out.T), ops.matmul(z, side.T)
        parts = (
            (radial, self.radius, self.radial),
            (tangential, 0.0, self.tangential),
        )
        return sum(
            normal_log_prob(ops.expand_dims(value, -1), mean, 2 * float(np.log(spread)))
            for value, mean, spread in parts
        )

    def distance(self, z: Tensor, labels: Tensor) -> np.ndarray:
        """Compute the Mahalanobis distance of codes from components' means, (n,)."""
        z, (out, side) = np.asarray(z, float), self._axes()
        radial = np.sum(z * out[labels], axis=1) - self.radius
        tangential = np.sum(z * side[labels], axis=1)
        return np.hypot(radial / self.radial, tangential / self.tangential)

    def along(self, component: int, radii: Tensor) -> np.ndarray:
        """Return codes on the radial axis of a component, (n, 2)."""
        out, _ = self._axes()
        return np.multiply.outer(np.asarray(radii, "float32"), out[component])

    def outlines(self) -> list[np.ndarray]:
        """Return the 1-sigma ellipse of each component, each (points, 2)."""
        angle = np.linspace(0, 2 * np.pi, 91)
        along = self.radius + self.radial * np.cos(angle)
        across = self.tangential * np.sin(angle)
        return [
            np.outer(along, out) + np.outer(across, side)
            for out, side in zip(*self._axes(), strict=True)
        ]

    def _axes(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the radial and tangential unit vectors, (components, 2) each."""
        angle = 2 * np.pi * np.arange(self.components) / self.components
        cos, sin = np.cos(angle), np.sin(angle)
        out, side = np.stack([cos, sin], 1), np.stack([-sin, cos], 1)
        return out.astype(keras.config.floatx()), side.astype(keras.config.floatx())
