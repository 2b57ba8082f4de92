"""Wasserstein, gradient-penalty and feature-matching losses: pure functions.

`real` are the critic's outputs f of real images, `fake` of generated ones, (batch, 1)
each. Every loss is a mean over the batch.
"""

from keras import ops

from keras_aae.checks import Tensor

TINY = 1e-12  # keeps the gradient of a square root finite


def wasserstein_distance(real: Tensor, fake: Tensor) -> Tensor:
    """Compute E f(real) - E f(fake), at most W_1 if f is 1-Lipschitz.

    References:
        Wasserstein GAN (Arjovsky, Chintala, Bottou, 2017), equation 2.
    """
    return ops.mean(real) - ops.mean(fake)


def wasserstein_generator_loss(fake: Tensor) -> Tensor:
    """Compute -E f(fake), the part of the distance that depends on the generator."""
    return -ops.mean(fake)


def interpolate(real: Tensor, fake: Tensor, shares: Tensor) -> Tensor:
    """Interpolate between real and generated images, e x + (1 - e) G(z).

    Args:
        real: Real images x, (batch, H, W, C).
        fake: Generated images G(z), (batch, H, W, C).
        shares: Weights e in [0, 1], (batch, 1, 1, 1).
    """
    return shares * real + (1.0 - shares) * fake


def gradient_penalty(gradients: Tensor) -> Tensor:
    """Compute E (||g|| - 1)^2 of the critic's gradients g, (batch, H, W, C).

    References:
        Improved Training of Wasserstein GANs (Gulrajani, Ahmed, Arjovsky, Dumoulin,
        Courville, 2017), equation 3.
    """
    squares = ops.sum(ops.square(gradients), axis=(1, 2, 3))
    return ops.mean(ops.square(ops.sqrt(ops.maximum(squares, TINY)) - 1.0))


def feature_distance(real: Tensor, fake: Tensor) -> Tensor:
    """Compute || E h(real) - E h(fake) ||^2 of features h, (batch, ...).

    It compares batch means, not pairs of images, since these are unrelated.

    References:
        Improved Techniques for Training GANs (Salimans, Goodfellow, Zaremba, Cheung,
        Radford, Chen, 2016), section 3.1.
    """
    return ops.sum(ops.square(ops.mean(real, axis=0) - ops.mean(fake, axis=0)))
