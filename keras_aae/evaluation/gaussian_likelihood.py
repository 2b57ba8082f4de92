"""Importance-sampled log-likelihood of decoders with Gaussian pixels."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from keras_aae.data import Dataset
from keras_aae.evaluation.joint import Joint, PriorSamples
from keras_aae.evaluation.pixels import as_rows, evenly_spaced

IMAGES = 1000
SAMPLES = 1000  # per image, around posterior modes
PRIOR_SAMPLES = 10_000  # shared by all images
TUNING_IMAGES = 1000
TUNING_SAMPLES = 100
TUNING_ROUNDS = 3
SMALLEST_DEVIATION = 1 / 256  # precision of the pixels
IMAGES_AT_ONCE = 20

STEPS = 5  # Gauss-Newton steps
LENGTHS = (1.0, 0.3, 0.1)  # step lengths to try; the best is taken
INFLATION = 1.3  # factor on a proposal's standard deviations: wide tails are safe


def gaussian_log_likelihood(
    model: Any, dataset: Dataset, seed: int
) -> dict[str, float]:
    """Estimate the mean log p(x) of the first 1,000 test images; nats.

    p(x) = int N(x; g(z), s^2 I) p(z) dz,  g the decoder, p(z) the prior

    Pixels are in [0, 1]. This is the density that `parzen_log_likelihood` estimates
    with samples of the prior alone. Here some samples are codes close to the image:

    log p(x) ~ log (1/N) sum_i N(x; g(z_i), s^2 I) p(z_i) / q(z_i),  z_i ~ q

    q mixes 10,000 samples of the prior, shared by all images, with 1,000 samples of
    normals around two modes of p(z|x), with the curvature there. Gauss-Newton steps
    find the modes, one from the encoder's code and one from the best of 10,000 other
    prior samples. The expected estimate is at most log p(x). The standard deviation s,
    shared by all pixels, maximizes the likelihood of 1,000 images spaced evenly over
    the training set, by expectation maximization.

    Returns:
        Mean, and by suffix its standard error (`_stderr`), the standard deviation s
        (`_deviation`), and the median effective sample size (`_ess`), (sum w)^2 /
        sum w^2: near 1, the estimate is far too low.

    Raises:
        UnsupportedError: The model has no encoder, decoder or continuous prior, or its
            decoder is conditioned on a class.

    References:
        On the Quantitative Analysis of Decoder-Based Generative Models (Wu, Burda,
        Salakhutdinov, Grosse, 2017), sections 2.2 and 3; Optimally Combining Sampling
        Techniques for Monte Carlo Rendering (Veach, Guibas, 1995), section 3.2, for
        mixing samples of two sources.
    """
    estimator = Estimator.of(model, seed)
    seen = evenly_spaced(dataset.train, TUNING_IMAGES)
    deviation = most_likely_deviation(estimator, seen)
    x = dataset.test.gather(slice(IMAGES))[0]
    each = estimator.estimate(x, deviation, SAMPLES)
    return {
        "gaussian_log_likelihood": each.log_prob.mean(),
        "gaussian_log_likelihood_stderr": each.log_prob.std() / np.sqrt(len(x)),
        "gaussian_log_likelihood_deviation": deviation,
        "gaussian_log_likelihood_ess": np.median(each.effective_samples),
    }


def most_likely_deviation(estimator: "Estimator", x: np.ndarray) -> float:
    """Fit s by expectation maximization: s^2 = mean of E_p(z|x) (x - g(z))^2."""
    rows, joint = as_rows(x), estimator.joint
    deviation = np.sqrt(np.mean(np.square(rows - joint.decode(joint.model.encode(x)))))
    for _ in range(TUNING_ROUNDS):
        deviation = max(deviation, SMALLEST_DEVIATION)
        reconstruction_error = estimator.estimate(
            x, deviation, TUNING_SAMPLES
        ).reconstruction_error
        deviation = np.sqrt(reconstruction_error.mean() / rows.shape[1])
    return float(max(deviation, SMALLEST_DEVIATION))


class Estimates(NamedTuple):
    """Importance-sampling estimates for each of n images.

    Args:
        log_prob: Estimate of log p(x), in nats, (n,).
        reconstruction_error: Mean of ||x - g(z)||^2 over p(z|x), (n,).
        effective_samples: Effective sample size (sum w)^2 / sum w^2, (n,).
    """

    log_prob: np.ndarray
    reconstruction_error: np.ndarray
    effective_samples: np.ndarray

    @classmethod
    def of(
        cls, log_weights: np.ndarray, reconstruction_error: np.ndarray
    ) -> "Estimates":
        """Compute the estimates from N weighted samples of each image, (n, N) each."""
        highest = log_weights.max(axis=1, keepdims=True)
        w = np.exp(log_weights - highest)
        total = w.sum(axis=1)
        return cls(
            highest[:, 0] + np.log(total / w.shape[1]),
            np.sum(w * reconstruction_error, axis=1) / total,
            total**2 / np.sum(w**2, axis=1),
        )


@dataclass(frozen=True, eq=False)
class Estimator:
    """Importance sampling of log p(x).

    Args:
        joint: Joint density p(x, z).
        samples: Prior samples, part of the samples of every image.
        guides: Other prior samples, starting points of the search for modes. They are
            separate because samples must not determine the proposal that weights them.
        seed: Seed of all other samples.
    """

    joint: Joint
    samples: PriorSamples
    guides: PriorSamples
    seed: int

    @classmethod
    def of(cls, model: Any, seed: int) -> "Estimator":
        """Create an estimator of a model, with 10,000 prior samples and guides."""
        joint = Joint(model)
        samples, guides = (joint.sample(PRIOR_SAMPLES, 2 * seed + i) for i in range(2))
        return cls(joint, samples, guides, seed)

    def estimate(self, x: np.ndarray, s: float, samples: int) -> Estimates:
        """Estimate log p(x) of images with `samples` codes around the modes of each."""
        rng, parts = np.random.default_rng([self.seed, 6]), []
        for start in range(0, len(x), IMAGES_AT_ONCE):
            part = x[start : start + IMAGES_AT_ONCE]
            codes, rows = self.joint.model.encode(part), as_rows(part)
            starts = np.stack([codes, self.guides.nearest(rows)])
            proposal = self.propose(rows, starts, s)
            parts.append(self._weigh(rows, proposal, proposal.sample(samples, rng), s))
        return Estimates(*map(np.hstack, zip(*parts, strict=True)))

    def propose(self, x: np.ndarray, starts: np.ndarray, s: float) -> "Proposal":
        """Return normals around the modes found from `starts`, (m, n, latent_dim)."""
        x, z = np.concatenate([x] * len(starts)), starts.reshape(-1, starts.shape[-1])
        moments = [f(self.guides.codes, axis=0) for f in (np.mean, np.std)]
        best = self.joint.log_prob(x, z, s)
        for _ in range(STEPS):
            curvature, slope = self.joint.expansion(x, z, s, *moments)
            step = np.linalg.solve(curvature, slope[..., None])[..., 0]
            tried = z + np.multiply.outer(LENGTHS, step)
            values = self.joint.log_prob(x, tried, s)
            chosen = values.argmax(axis=0), np.arange(len(z))
            better = values[chosen] > best
            z = np.where(better[:, None], tried[chosen], z)
            best = np.where(better, values[chosen], best)
        curvature, _ = self.joint.expansion(x, z, s, *moments)
        factors = np.linalg.cholesky(curvature) / INFLATION
        return Proposal(z.reshape(starts.shape), factors.reshape(*starts.shape, -1))

    def _weigh(
        self, x: np.ndarray, proposal: "Proposal", z: np.ndarray, s: float
    ) -> Estimates:
        """Weight codes z of the proposal, (n, k, width), for images x, (n, pixels)."""
        shared = self.samples
        reconstruction_error = np.hstack(
            [
                shared.reconstruction_error(x),
                self.joint.reconstruction_error(x[:, None], z),
            ]
        )
        log_prior = np.broadcast_to(shared.log_prior, (len(x), len(shared.codes)))
        log_prior = np.hstack([log_prior, self.joint.log_prior(z)])
        log_q = np.hstack([proposal.log_prob(c) for c in (shared.codes[None], z)])
        share = z.shape[1] / reconstruction_error.shape[1]
        log_mixture = np.logaddexp(log_q + np.log(share), log_prior + np.log1p(-share))
        log_volume = x.shape[1] / 2 * np.log(2 * np.pi * s**2)
        log_likelihood = -reconstruction_error / (2 * s**2) - log_volume
        return Estimates.of(
            log_likelihood + log_prior - log_mixture, reconstruction_error
        )


@dataclass(frozen=True, eq=False)
class Proposal:
    """Equally weighted mixture of normals N(m, (L L^T)^-1) for each of n images.

    Args:
        means: Means m, (components, n, latent_dim).
        factors: Lower triangles L, (components, n, latent_dim, latent_dim).
    """

    means: np.ndarray
    factors: np.ndarray

    def sample(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw codes, equally many of each component, (n, count, latent_dim)."""
        components, n, width = self.means.shape
        noise = rng.standard_normal((components, n, width, count // components))
        turned = np.linalg.solve(np.swapaxes(self.factors, 2, 3), noise)
        z = np.moveaxis(self.means[..., None] + turned, 0, 2)
        return z.reshape(n, width, -1).swapaxes(1, 2)

    def log_prob(self, z: np.ndarray) -> np.ndarray:
        """Return log q(z|x) of codes (n or 1, count, latent_dim), (n, count); nats."""
        parts = zip(self.means, self.factors, strict=True)
        each = [_log_normal(z - mean[:, None], factor) for mean, factor in parts]
        return np.logaddexp.reduce(each) - np.log(len(each))


def _log_normal(difference: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return log N(d; 0, (L L^T)^-1), d (n, count, width), L (n, width, width)."""
    squares = np.sum(np.square(difference @ factor), axis=-1)
    log_scale = np.sum(np.log(np.diagonal(factor, axis1=1, axis2=2)), axis=1)
    log_two_pi = difference.shape[-1] * np.log(2 * np.pi)
    return log_scale[:, None] - 0.5 * (squares + log_two_pi)
