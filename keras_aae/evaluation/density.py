"""A density fitted to the codes of a trained model, to draw new codes from."""

import warnings
from dataclasses import dataclass

import numpy as np

from keras_aae.abilities import Encodes, require
from keras_aae.errors import KerasAAEError
from keras_aae.evaluation.pixels import evenly_spaced

CODES = 10_000  # the most training images that a density is fitted to
REGULARIZATION = 1e-3  # added to a variance, in mean variances of a dimension


@dataclass(frozen=True, eq=False)
class CodeDensity:
    """A mixture of Gaussians over codes.

    p(z) = sum_k w_k N(z; m_k, S_k)

    Args:
        weights: w, (components,), which sum to 1.
        means: m, (components, latent_dim).
        covariances: S, (components, latent_dim, latent_dim).
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray

    def sample(self, n: int, seed: int = 0) -> np.ndarray:
        """`n` codes, float32 (n, latent_dim)."""
        rng = np.random.default_rng(seed)
        component = rng.choice(len(self.weights), n, p=self.weights)
        z = rng.standard_normal((n, self.means.shape[1]))
        for k, factor in enumerate(np.linalg.cholesky(self.covariances)):
            rows = component == k
            z[rows] = self.means[k] + z[rows] @ factor.T
        return z.astype("float32")

    def log_prob(self, z) -> np.ndarray:
        """log p(z) of codes (n, latent_dim), in nats, (n,)."""
        z = np.asarray(z, dtype=float)
        factors = np.linalg.cholesky(self.covariances)
        parts = zip(self.weights, self.means, factors, strict=True)
        return np.logaddexp.reduce(
            [np.log(w) + _log_normal(z - m, factor) for w, m, factor in parts], axis=0
        )


def _log_normal(difference: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """log N(difference; 0, S) with S = factor factor^T."""
    standard = np.linalg.solve(factor, difference.T)
    log_volume = np.sum(np.log(np.diag(factor)))
    log_two_pi = len(factor) * np.log(2 * np.pi)
    return -0.5 * (np.sum(standard**2, axis=0) + log_two_pi) - log_volume


def fit_density(model, dataset, *, components: int = 10, seed: int = 0) -> CodeDensity:
    """The mixture of Gaussians that fits the codes of the training images best.

    Expectation maximization on at most 10,000 codes, of images spread evenly over the
    training set. It makes a generator of any autoencoder, and often a better one of a
    model with a prior: the codes need not lie as the prior does.

    Args:
        model: with `encode`.
        dataset: whose training images are encoded.
        components: Gaussians of the mixture, each with a full covariance.
        seed: of the start of the search.

    Raises:
        UnsupportedError: the model cannot encode.
        KerasAAEError: there are fewer codes than components, or a code is not finite.

    References:
        From Variational to Deterministic Autoencoders (Ghosh et al., 2020), section 4.

    Example:
        model.decode(fit_density(model, dataset).sample(16, seed=0))
    """
    from sklearn.mixture import GaussianMixture  # takes a second
    from threadpoolctl import threadpool_limits

    codes = training_codes(model, dataset)
    if not 1 <= components <= len(codes):
        raise KerasAAEError(
            f"Cannot fit {components} Gaussians to the codes of {len(codes)} images. "
            f"Expected from 1 to {len(codes)} components."
        )
    # Unused units have no variance of their own, and some codes hold nothing else.
    floor = max(REGULARIZATION * codes.var(axis=0).mean(), 1e-12)
    mixture = GaussianMixture(components, reg_covar=floor, random_state=seed)
    # Its many small products are ten times as fast on one thread as on two that wait.
    with warnings.catch_warnings(), threadpool_limits(1):
        # A search that stops early, or finds few distinct codes, leaves a density too.
        warnings.simplefilter("ignore")
        mixture.fit(codes)
    return CodeDensity(mixture.weights_, mixture.means_, mixture.covariances_)


def generate_from_density(
    model, dataset, n: int, *, components: int = 10, seed: int = 0
) -> np.ndarray:
    """`n` images decoded from codes of the density of `fit_density`, (n, H, W, C)."""
    density = fit_density(model, dataset, components=components, seed=seed)
    return model.decode(density.sample(n, seed))


def training_codes(model, dataset) -> np.ndarray:
    """Codes of at most 10,000 training images, evenly spaced, float64 (n, latent_dim).

    Raises:
        UnsupportedError: the model cannot encode.
        KerasAAEError: a code is not a finite number.
    """
    require(model, Encodes, by="A density of codes")
    return finite_codes(model.encode(evenly_spaced(dataset.train, CODES)))


def finite_codes(codes) -> np.ndarray:
    """The codes as float64.

    Raises:
        KerasAAEError: one is not a finite number.
    """
    codes = np.asarray(codes, dtype=float)
    if not np.isfinite(codes).all():
        raise KerasAAEError(
            "Some codes are not finite numbers, so the model has diverged. "
            "Train it again, for example with a smaller learning rate."
        )
    return codes
