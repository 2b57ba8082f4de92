"""What a GAN of images asks besides the game of logits: pure functions, batch means.

`real` is what the critic says of real images, `fake` of generated ones, (batch, 1) each.
"""

from keras import ops

from keras_aae.checks import Tensor

TINY = 1e-12  # keeps the slope of a square root finite


def wasserstein_distance(real: Tensor, fake: Tensor) -> Tensor:
    """E f(real) - E f(fake), at most W_1 between the two if no slope of f is above 1.

    References:
        Wasserstein GAN (Arjovsky, Chintala, Bottou, 2017), equation 2.
    """
    return ops.mean(real) - ops.mean(fake)


def wasserstein_generator_loss(fake: Tensor) -> Tensor:
    """-E f(fake), what the generator minimizes of that distance."""
    return -ops.mean(fake)


def interpolate(real: Tensor, fake: Tensor, shares: Tensor) -> Tensor:
    """Images on the lines from generated to real ones, e x + (1 - e) G(z).

    Args:
        real: Images x, (batch, H, W, C).
        fake: As many generated ones.
        shares: e in [0, 1], (batch, 1, 1, 1).
    """
    return shares * real + (1.0 - shares) * fake


def gradient_penalty(gradients: Tensor) -> Tensor:
    """E (||slope|| - 1)^2, of the critic's gradients for images, (batch, H, W, C).

    References:
        Improved Training of Wasserstein GANs (Gulrajani, Ahmed, Arjovsky, Dumoulin,
        Courville, 2017), equation 3.
    """
    squares = ops.sum(ops.square(gradients), axis=(1, 2, 3))
    return ops.mean(ops.square(ops.sqrt(ops.maximum(squares, TINY)) - 1.0))


def feature_distance(real: Tensor, fake: Tensor) -> Tensor:
    """|| E h(real) - E h(fake) ||^2 of features h, (batch, ...), summed over them.

    Means over the batch are compared, not images in pairs, which have nothing to do with
    each other.

    References:
        Improved Techniques for Training GANs (Salimans, Goodfellow, Zaremba, Cheung,
        Radford, Chen, 2016), section 3.1.
    """
    return ops.sum(ops.square(ops.mean(real, axis=0) - ops.mean(fake, axis=0)))
