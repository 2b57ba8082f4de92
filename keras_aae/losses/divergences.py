"""Divergences between distributions of codes: pure functions, in nats."""

import math

from keras import ops

from keras_aae.checks import Tensor

EDGE = 1e-6


def normal_kl(z_mean: Tensor, z_log_var: Tensor) -> Tensor:
    """Compute KL(N(m, exp(v)) || N(0, 1)) of each dimension.

    The formula is (m^2 + exp(v) - 1 - v) / 2.

    Shapes (batch, latent_dim) in and out; a sum over the last axis is nats per example.
    Written with expm1, because exp(v) - 1 - v cancels to a negative number near v = 0.

    References:
        Auto-Encoding Variational Bayes (Kingma, Welling, 2013), appendix B.
    """
    return 0.5 * (ops.square(z_mean) + ops.relu(ops.expm1(z_log_var) - z_log_var))


def normal_log_prob(
    z: Tensor, mean: Tensor | float = 0.0, log_var: Tensor | float = 0.0
) -> Tensor:
    """Compute log N(z; m, exp(v)), summed over the last axis, in nats.

    Each term is -((z - m)^2 exp(-v) + v + log(2 pi)) / 2.
    """
    log_var = ops.cast(log_var, z.dtype)
    squared = ops.square(z - mean) * ops.exp(-log_var)
    return -0.5 * ops.sum(squared + log_var + math.log(2.0 * math.pi), axis=-1)


def categorical_kl(logits: Tensor, other_logits: Tensor) -> Tensor:
    """Compute KL(p || q) = sum_k p_k log(p_k / q_k), in nats.

    p and q are the softmax of the logits over the last axis.
    """
    log_p, log_q = ops.log_softmax(logits), ops.log_softmax(other_logits)
    return ops.sum(ops.exp(log_p) * (log_p - log_q), axis=-1)


def bernoulli_kl(p: float, r: Tensor) -> Tensor:
    """Compute KL(B(p) || B(r)), elementwise, in nats.

    The formula is p log(p / r) + (1 - p) log((1 - p) / (1 - r)). For r outside
    [1e-6, 1 - 1e-6], as the mean of an unbounded unit may be, it is continued by its
    tangent, so that it is finite and its gradient leads back into the interval.
    """
    inside = ops.clip(r, EDGE, 1.0 - EDGE)
    kl = p * ops.log(p / inside) + (1.0 - p) * ops.log((1.0 - p) / (1.0 - inside))
    slope = (inside - p) / (inside * (1.0 - inside))
    return kl + ops.stop_gradient(slope) * (r - inside)
