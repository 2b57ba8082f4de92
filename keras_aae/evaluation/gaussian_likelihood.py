"""Likelihood of any model with a prior and a decoder, its pixels taken as Gaussian."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from keras_aae.evaluation.joint import Joint, PriorSamples
from keras_aae.evaluation.pixels import as_rows, evenly_spaced

IMAGES = 1000
SAMPLES = 1000  # an image, around codes that explain it
PRIOR_SAMPLES = 10_000  # for all images together
TUNING_IMAGES = 1000
TUNING_SAMPLES = 100
TUNING_ROUNDS = 3
SMALLEST_DEVIATION = 1 / 256  # pixels are no more exact than that
IMAGES_AT_ONCE = 20

STEPS = 5  # of Gauss and Newton
LENGTHS = (1.0, 0.3, 0.1)  # of which the best is taken
INFLATION = 1.3  # of a proposal's standard deviations: heavy tails do no harm


def gaussian_log_likelihood(model, dataset, seed: int) -> dict[str, float]:
    """Mean log p(x) of the first 1,000 test images, pixels in [0, 1]; nats.

    p(x) = int N(x; g(z), s^2 I) p(z) dz,  g the decoder, p(z) the prior

    The same density over the same pixels as `parzen_log_likelihood`, which samples z from
    the prior only. Here codes that explain the image are among the samples:

    log p(x) ~ log (1/N) sum_i N(x; g(z_i), s^2 I) p(z_i) / q(z_i),  z_i ~ q

    q mixes 10,000 samples of the prior, the same for all images, with 1,000 around modes
    of p(z|x): normals of the curvature there. Gauss-Newton steps find the modes, one from
    the encoder's code and one from the best of 10,000 other prior samples. On average
    the estimate is below log p(x), never above. The one deviation s of all pixels is the
    most likely for 1,000 images spread evenly over the training set, found by expectation
    maximization.

    Returns:
        The mean, and under endings of their own its standard error, the deviation s, and
        the median effective number of samples, (sum w)^2 / sum w^2: near 1, the estimate
        is far too low.

    Raises:
        UnsupportedError: the model has no encoder, decoder or continuous prior, or its
            decoder wants to know a class.

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


def most_likely_deviation(estimator: "Estimator", x) -> float:
    """The s of highest likelihood: s^2 = mean of E_p(z|x) (x - g(z))^2, again and again."""
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
    """What weighted samples say of each image.

    Args:
        log_prob: the estimate of log p(x), in nats, (n,).
        misfit: the mean of ||x - g(z)||^2 over p(z|x), (n,).
        effective_samples: (sum w)^2 / sum w^2, (n,).
    """

    log_prob: np.ndarray
    reconstruction_error: np.ndarray
    effective_samples: np.ndarray

    @classmethod
    def of(cls, log_weights, reconstruction_error) -> "Estimates":
        """Those of N samples, (n, N) each."""
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
        joint: p(x, z).
        samples: of the prior, a part of the samples of every image.
        guides: others, that modes are looked for from. Samples may not choose the
            proposal that they are weighted by.
        seed: of all other samples.
    """

    joint: Joint
    samples: PriorSamples
    guides: PriorSamples
    seed: int

    @classmethod
    def of(cls, model, seed: int) -> "Estimator":
        """With as many samples of the prior as there should be."""
        joint = Joint(model)
        both = (joint.sample(PRIOR_SAMPLES, 2 * seed + i) for i in range(2))
        return cls(joint, *both, seed)

    def estimate(self, x, s: float, samples: int) -> Estimates:
        """The estimates of images x with so many samples around modes of each."""
        rng, parts = np.random.default_rng([self.seed, 6]), []
        for start in range(0, len(x), IMAGES_AT_ONCE):
            part = x[start : start + IMAGES_AT_ONCE]
            codes, rows = self.joint.model.encode(part), as_rows(part)
            starts = np.stack([codes, self.guides.nearest(rows)])
            proposal = self.propose(rows, starts, s)
            parts.append(self._weigh(rows, proposal, proposal.sample(samples, rng), s))
        return Estimates(*map(np.hstack, zip(*parts, strict=True)))

    def propose(self, x, starts, s: float) -> "Proposal":
        """Normals around the modes that steps from codes (m, n, latent_dim) lead to."""
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

    def _weigh(self, x, proposal: "Proposal", z, s: float) -> Estimates:
        """The estimates of x, (n, pixels), by codes z of the proposal, (n, k, width)."""
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
    """For each of n images the mixture of equal normals N(m, (L L^T)^-1).

    Args:
        means: m, (components, n, latent_dim).
        factors: L, (components, n, latent_dim, latent_dim), lower triangles.
    """

    means: np.ndarray
    factors: np.ndarray

    def sample(self, count: int, rng) -> np.ndarray:
        """`count` codes, as many of each component, (n, count, latent_dim)."""
        components, n, width = self.means.shape
        noise = rng.standard_normal((components, n, width, count // components))
        turned = np.linalg.solve(np.swapaxes(self.factors, 2, 3), noise)
        z = np.moveaxis(self.means[..., None] + turned, 0, 2)
        return z.reshape(n, width, -1).swapaxes(1, 2)

    def log_prob(self, z) -> np.ndarray:
        """log q(z|x) of codes (n or 1, count, latent_dim), (n, count), in nats."""
        parts = zip(self.means, self.factors, strict=True)
        each = [_log_normal(z - mean[:, None], factor) for mean, factor in parts]
        return np.logaddexp.reduce(each) - np.log(len(each))


def _log_normal(difference, factor) -> np.ndarray:
    """log N(difference; 0, (L L^T)^-1), difference (n, count, width), L (n, width, width)."""
    squares = np.sum(np.square(difference @ factor), axis=-1)
    log_scale = np.sum(np.log(np.diagonal(factor, axis1=1, axis2=2)), axis=1)
    log_two_pi = difference.shape[-1] * np.log(2 * np.pi)
    return log_scale[:, None] - 0.5 * (squares + log_two_pi)
