"""Gaussian mixture fitted to the codes of a trained model, to sample new codes from."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from keras_aae.abilities import Encodes, require
from keras_aae.data import Dataset
from keras_aae.errors import KerasAAEError
from keras_aae.evaluation.pixels import evenly_spaced

CODES = 10_000  # maximum number of training images to fit to
REGULARIZATION = 1e-3  # added to variances, relative to the mean variance


@dataclass(frozen=True, eq=False)
class CodeDensity:
    """A mixture of Gaussians over codes.

    p(z) = sum_k w_k N(z; m_k, S_k)

    Args:
        weights: Weights w, (components,), which sum to 1.
        means: Means m, (components, latent_dim).
        covariances: Covariances S, (components, latent_dim, latent_dim).
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray

    def sample(self, n: int, seed: int = 0) -> np.ndarray:
        """Draw `n` codes, float32 (n, latent_dim)."""
        rng = np.random.default_rng(seed)
        component = rng.choice(len(self.weights), n, p=self.weights)
        z = rng.standard_normal((n, self.means.shape[1]))
        for k, factor in enumerate(np.linalg.cholesky(self.covariances)):
            rows = component == k
            z[rows] = self.means[k] + z[rows] @ factor.T
        return z.astype("float32")

    def log_prob(self, z: ArrayLike) -> np.ndarray:
        """Return log p(z) of codes (n, latent_dim), in nats, (n,)."""
        z = np.asarray(z, dtype=float)
        factors = np.linalg.cholesky(self.covariances)
        parts = zip(self.weights, self.means, factors, strict=True)
        return np.logaddexp.reduce(
            [np.log(w) + _log_normal(z - m, factor) for w, m, factor in parts], axis=0
        )


def _log_normal(difference: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return log N(difference; 0, S) with S = factor factor^T."""
    standard = np.linalg.solve(factor, difference.T)
    log_volume = np.sum(np.log(np.diag(factor)))
    log_two_pi = len(factor) * np.log(2 * np.pi)
    return -0.5 * (np.sum(standard**2, axis=0) + log_two_pi) - log_volume


def fit_density(
    model: Any, dataset: Dataset, *, components: int = 10, seed: int = 0
) -> CodeDensity:
    """Fit a mixture of Gaussians to the codes of the training images.

    Uses expectation maximization on at most 10,000 codes, of images spaced evenly over
    the training set. The mixture turns any autoencoder into a generator. For a model
    with a prior it often samples better than the prior, which the codes match only
    roughly.

    Args:
        model: Model with `encode`.
        dataset: Data set whose training images are encoded.
        components: Number of Gaussians in the mixture, each with a full covariance.
        seed: Seed of the initialization.

    Raises:
        UnsupportedError: The model cannot encode.
        KerasAAEError: There are fewer codes than components, or a code is not finite.

    References:
        From Variational to Deterministic Autoencoders (Ghosh et al., 2020), section 4.

    Example:
        model.decode(fit_density(model, dataset).sample(16, seed=0))
    """
    from sklearn.mixture import GaussianMixture  # slow import
    from threadpoolctl import threadpool_limits

    codes = training_codes(model, dataset)
    if not 1 <= components <= len(codes):
        raise KerasAAEError(
            f"Cannot fit {components} Gaussians to the codes of {len(codes)} images. "
            f"Expected from 1 to {len(codes)} components."
        )
    # Unused units have no variance, and some models have no other units.
    floor = max(REGULARIZATION * codes.var(axis=0).mean(), 1e-12)
    mixture = GaussianMixture(components, reg_covar=floor, random_state=seed)
    # The many small products run ten times as fast on one thread as on two.
    with warnings.catch_warnings(), threadpool_limits(1):
        # A fit that stops early, or has few distinct codes, is still a density.
        warnings.simplefilter("ignore")
        mixture.fit(codes)
    return CodeDensity(mixture.weights_, mixture.means_, mixture.covariances_)


def generate_from_density(
    model: Any, dataset: Dataset, n: int, *, components: int = 10, seed: int = 0
) -> np.ndarray:
    """Decode `n` images from samples of `fit_density`, (n, H, W, C)."""
    density = fit_density(model, dataset, components=components, seed=seed)
    return model.decode(density.sample(n, seed))


def training_codes(model: Any, dataset: Dataset) -> np.ndarray:
    """Return the codes of at most 10,000 training images, float64 (n, latent_dim).

    Raises:
        UnsupportedError: The model cannot encode.
        KerasAAEError: A code is not a finite number.
    """
    require(model, Encodes, by="A density of codes")
    return finite_codes(model.encode(evenly_spaced(dataset.train, CODES)))


def finite_codes(codes: ArrayLike) -> np.ndarray:
    """Return the codes as float64.

    Raises:
        KerasAAEError: A code is not a finite number.
    """
    codes = np.asarray(codes, dtype=float)
    if not np.isfinite(codes).all():
        raise KerasAAEError(
            "Some codes are not finite numbers: training has diverged. Train the model "
            "again, for example with a lower learning rate."
        )
    return codes
