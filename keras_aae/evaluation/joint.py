"""Joint density of codes and images of a model with a prior and a decoder."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from keras_aae.abilities import (
    DecodesCodesAlone,
    Encodes,
    HasPrior,
    require,
)
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.pixels import as_rows
from keras_aae.priors import Categorical

DIFFERENCE = 0.02  # step of finite differences, in standard deviations of the prior


class Joint:
    """Joint density p(x, z) = N(x; g(z), s^2 I) p(z),  g the decoder, pixels in [0, 1].

    Args:
        model: Model with `encode`, `decode` and `prior`.

    Raises:
        UnsupportedError: The model has no encoder, decoder or continuous prior, or its
            decoder is conditioned on a class.
    """

    def __init__(self, model: Any):
        by = "Metric 'gaussian_log_likelihood'"
        require(model, Encodes, DecodesCodesAlone, HasPrior, by=by)
        self.model, self.prior = model, model.prior
        if isinstance(self.prior, Categorical):
            raise UnsupportedError(
                "Metric 'gaussian_log_likelihood' needs a continuous prior, but this "
                "one is categorical. Use a model with another prior."
            )

    def sample(self, n: int, seed: Any) -> "PriorSamples":
        """Draw `n` codes of the prior and decode them."""
        codes = ops.convert_to_numpy(self.prior.sample(n, seed=seed))
        return PriorSamples(
            codes, self.decode(codes).astype(float), self.log_prior(codes)
        )

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Return the pixels of codes (..., latent_dim), (..., pixels)."""
        rows = as_rows(self.model.decode(z.reshape(-1, z.shape[-1]).astype("float32")))
        return rows.reshape(*z.shape[:-1], -1)

    def reconstruction_error(self, x: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return ||x - g(z)||^2 of codes (..., latent_dim), (...)."""
        return np.sum(np.square(x - self.decode(z)), axis=-1, dtype=float)

    def log_prior(self, z: np.ndarray) -> np.ndarray:
        """Return log p(z) of codes (..., latent_dim), (...), in nats."""
        rows = ops.convert_to_tensor(z.reshape(-1, z.shape[-1]).astype("float32"))
        log_prob = ops.convert_to_numpy(self.prior.log_prob(rows))
        return log_prob.astype(float).reshape(z.shape[:-1])

    def log_prob(self, x: np.ndarray, z: np.ndarray, s: float) -> np.ndarray:
        """Return log p(x, z) up to a constant, (...), in nats."""
        return self.log_prior(z) - self.reconstruction_error(x, z) / (2 * s**2)

    def expansion(
        self,
        x: np.ndarray,
        z: np.ndarray,
        s: float,
        center: np.ndarray,
        spread: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Compute the Gauss-Newton curvature and gradient of log p(x, z) at codes z.

        J^T J / s^2 + V^-1  and  J^T (x - g(z)) / s^2 + V^-1 (m - z)

        J is the Jacobian of g. The prior is approximated by a normal with the mean m
        and the standard deviations V^(1/2) of its samples, `center` and `spread`,
        (latent_dim,) each.

        Returns:
            Curvature, (n, latent_dim, latent_dim), and gradient, (n, latent_dim).
        """
        h = DIFFERENCE * np.diag(spread)[:, None]  # (latent_dim, 1, latent_dim)
        slopes = (self.decode(z + h) - self.decode(z - h)) / (2 * DIFFERENCE)
        slopes = np.moveaxis(slopes, 0, 1) / (s * spread[:, None])
        rest = (x - self.decode(z)) / s
        curvature = slopes @ np.swapaxes(slopes, 1, 2) + np.diag(spread**-2)
        pull = (center - z) / spread**2
        return curvature, (slopes @ rest[..., None])[..., 0] + pull


@dataclass(frozen=True, eq=False)
class PriorSamples:
    """Codes drawn from a prior, with their images.

    Args:
        codes: Codes, (N, latent_dim).
        images: Pixels of the decoded codes, (N, pixels), in double precision.
        log_prior: Log-density log p(z), (N,), in nats.
    """

    codes: np.ndarray
    images: np.ndarray
    log_prior: np.ndarray

    def reconstruction_error(self, x: np.ndarray) -> np.ndarray:
        """Return ||x - g(z)||^2 of each x, (n, pixels), and each code, (n, N)."""
        from sklearn.metrics.pairwise import euclidean_distances  # slow import

        return euclidean_distances(x.astype(float), self.images, squared=True)

    def nearest(self, x: np.ndarray) -> np.ndarray:
        """Return the code whose image is nearest to each x, (n, latent_dim)."""
        return self.codes[self.reconstruction_error(x).argmin(axis=1)]
