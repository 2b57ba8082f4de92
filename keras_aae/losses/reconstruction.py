"""Negative log-likelihoods and errors of each image: pure functions.

Each takes images in [0, 1] and the decoder's logits, both (batch, height, width,
channels), and returns (batch,): a sum over pixels and channels, in nats per example.
"""

import math
from typing import Annotated

from keras import ops

from keras_aae.checks import Choice, Tensor


def _flat(images: Tensor) -> Tensor:
    # Before the arithmetic: XLA does not vectorize over a last axis of one channel.
    return ops.reshape(images, (ops.shape(images)[0], -1))


def bernoulli_nll(x: Tensor, logits: Tensor) -> Tensor:
    """Compute the cross-entropy of Bernoulli pixels.

    The formula is -sum(x log p + (1 - x) log(1 - p)).

    With p = sigmoid(l) this is sum((l + |l|) / 2 - l x + log(1 + exp(-|l|))), finite
    for any logit l; (l + |l|) / 2 and not max(l, 0), so that its gradient is p - x
    at l = 0 too. For x strictly between 0 and 1 it is not a likelihood of continuous
    data: its floor on MNIST is about 45.5 nats, not 0.
    """
    x, logits = _flat(x), _flat(logits)
    size = ops.abs(logits)
    nll = 0.5 * (logits + size) - logits * x + ops.log1p(ops.exp(-size))
    return ops.sum(nll, axis=1)


def gaussian_nll(x: Tensor, logits: Tensor) -> Tensor:
    """Compute the negative log-density of N(m, 1), m = sigmoid(logits).

    The formula is sum((x - m)^2 + log(2 pi)) / 2.
    """
    x, logits = _flat(x), _flat(logits)
    squared = ops.square(x - ops.sigmoid(logits))
    return ops.sum(0.5 * (squared + math.log(2.0 * math.pi)), axis=1)


def poisson_nll(x: Tensor, logits: Tensor) -> Tensor:
    """Compute the negative log-likelihood of Poisson counts x, r = sigmoid(logits).

    The formula is sum(r - x log r), without the constant log x!. It is meant for sparse
    images, where the rate r is the probability that a pixel is on.
    """
    x, logits = _flat(x), _flat(logits)
    return ops.sum(ops.sigmoid(logits) - x * ops.log_sigmoid(logits), axis=1)


def squared_error(x: Tensor, logits: Tensor) -> Tensor:
    """Compute the squared error sum((x - sigmoid(logits))^2), not in nats."""
    return ops.sum(ops.square(_flat(x) - ops.sigmoid(_flat(logits))), axis=1)


LIKELIHOODS = {"bernoulli": bernoulli_nll, "gaussian": gaussian_nll}
RECONSTRUCTION_LOSSES = {**LIKELIHOODS, "poisson": poisson_nll, "mse": squared_error}
Likelihood = Annotated[str, Choice(LIKELIHOODS)]
ReconstructionLoss = Annotated[str, Choice(RECONSTRUCTION_LOSSES)]
