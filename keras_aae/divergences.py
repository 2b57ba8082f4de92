"""Divergences between distributions of codes: pure functions, in nats."""

from keras import ops


def normal_kl(z_mean, z_log_var):
    """KL(N(m, exp(v)) || N(0, 1)) of each dimension, (m^2 + exp(v) - 1 - v) / 2.

    Shapes (batch, latent_dim) in and out; a sum over the last axis is nats per example.
    Written with expm1, because exp(v) - 1 - v cancels to a negative number near v = 0.

    References:
        Auto-Encoding Variational Bayes (Kingma, Welling, 2013), appendix B.
    """
    return 0.5 * (ops.square(z_mean) + ops.relu(ops.expm1(z_log_var) - z_log_var))
