"""Sample-based distances between two sets of codes: pure functions.

Each takes codes a and b of two distributions, (n, latent_dim) and (m, latent_dim).
"""

from typing import Annotated

import numpy as np
from keras import ops

from keras_aae.checks import Choice, Tensor

# Multiples of 2 d, the mean squared distance of samples of N(0, I) in d dimensions.
IMQ_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """Compute ||a_i - b_j||^2, (n, m)."""
    squares = ops.sum(ops.square(a), axis=1)[:, None] + ops.sum(ops.square(b), axis=1)
    # Rounding can make small values negative, which roots and fractions do not take.
    return ops.relu(squares - 2.0 * ops.matmul(a, ops.transpose(b)))


def inverse_multiquadratic(d2: Tensor, width: int) -> Tensor:
    """Compute k(d) = sum_s C / (C + d^2), C = 2 width s, over seven scales s.

    The scales are 0.1 to 10. The kernel is heavy-tailed: outliers have gradients too.
    """
    return sum(2 * width * s / (2 * width * s + d2) for s in IMQ_SCALES)


def radial_basis(d2: Tensor, width: int) -> Tensor:
    """Compute k(d) = exp(-d^2 / (2 width)), with the bandwidth of N(0, I) samples."""
    return ops.exp(-d2 / (2 * width))


KERNELS = {"imq": inverse_multiquadratic, "rbf": radial_basis}
Kernel = Annotated[str, Choice(KERNELS)]


def mmd(a: Tensor, b: Tensor, kernel: str = "imq") -> Tensor:
    """Compute the unbiased squared maximum mean discrepancy of two samples.

    mean_{i != j} k(a_i, a_j) + mean_{i != j} k(b_i, b_j) - 2 mean_{i, j} k(a_i, b_j)

    It is 0 on average for samples of one distribution, and may be negative.

    References:
        A Kernel Two-Sample Test (Gretton, Borgwardt, Rasch, Schoelkopf, Smola, 2012),
        lemma 6; Wasserstein Auto-Encoders (Tolstikhin, Bousquet, Gelly, Schoelkopf,
        2017), section 3, for the kernel "imq".
    """
    k, width = KERNELS[kernel], a.shape[1]
    within = _mean_of_pairs(k(squared_distances(a, a), width))
    within = within + _mean_of_pairs(k(squared_distances(b, b), width))
    return within - 2.0 * ops.mean(k(squared_distances(a, b), width))


def _mean_of_pairs(values: Tensor) -> Tensor:
    """Compute the mean over all pairs of different codes."""
    n = ops.cast(ops.shape(values)[0], values.dtype)
    pairs = ops.maximum(n * (n - 1.0), 1.0)  # a single code has none
    return (ops.sum(values) - ops.sum(ops.diagonal(values))) / pairs


def unit_directions(latent_dim: int, count: int, seed: int) -> np.ndarray:
    """Draw directions for `sliced_wasserstein`, float32 (latent_dim, count)."""
    rng = np.random.default_rng([seed, 5])
    directions = rng.standard_normal((latent_dim, count), np.float32)
    return directions / np.linalg.norm(directions, axis=0)


def sliced_wasserstein(a: Tensor, b: Tensor, directions: Tensor) -> Tensor:
    """Compute the mean over directions w of W_2 between the projections a w and b w.

    In one dimension W_2^2 is the mean squared difference of the sorted values.

    Args:
        a: Codes, (n, latent_dim).
        b: As many codes.
        directions: Unit vectors, (latent_dim, k).

    References:
        Sliced and Radon Wasserstein Barycenters of Measures (Bonneel, Rabin, Peyre,
        Pfister, 2015), section 3.
    """
    a, b = (ops.sort(ops.matmul(z, directions), axis=0) for z in (a, b))
    return ops.mean(ops.sqrt(ops.mean(ops.square(a - b), axis=0)))
