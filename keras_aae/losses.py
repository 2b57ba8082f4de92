"""Negative log-likelihoods and errors of images: pure functions, one value an example.

Each takes images in [0, 1] and the decoder's logits, both (batch, height, width,
channels), and returns (batch,): a sum over pixels and channels, in nats per example.
"""

import math

from keras import ops


def _sum_over_event(values):
    return ops.sum(ops.reshape(values, (ops.shape(values)[0], -1)), axis=1)


def bernoulli_nll(x, logits):
    """Cross-entropy of Bernoulli pixels, -sum(x log p + (1 - x) log(1 - p)).

    With p = sigmoid(logits) this is sum(max(l, 0) - l x + log(1 + exp(-|l|))), which
    stays finite for any logit. For x strictly between 0 and 1 it is not a likelihood of
    continuous data: its floor on MNIST is about 45.5 nats, not 0.
    """
    softplus = ops.log1p(ops.exp(-ops.abs(logits)))
    return _sum_over_event(ops.relu(logits) - logits * x + softplus)


def gaussian_nll(x, logits):
    """Negative log-density of N(sigmoid(logits), 1): sum((x - m)^2 + log(2 pi)) / 2."""
    squared = ops.square(x - ops.sigmoid(logits))
    return _sum_over_event(0.5 * (squared + math.log(2.0 * math.pi)))


def squared_error(x, logits):
    """Squared error of the image, sum((x - sigmoid(logits))^2); not in nats."""
    return _sum_over_event(ops.square(x - ops.sigmoid(logits)))


LIKELIHOODS = {"bernoulli": bernoulli_nll, "gaussian": gaussian_nll}
RECONSTRUCTION_LOSSES = {**LIKELIHOODS, "mse": squared_error}
