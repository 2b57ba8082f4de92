"""The game between a discriminator and who draws the codes: pure functions of logits.

The discriminator's logit l says how sure it is that a code is of the prior, D = sigmoid(l).
`real` are its logits of prior samples, `fake` those of codes, (batch, 1) each; of a GAN,
of real and of generated images. Every function returns the mean over the batch, a loss in
nats.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from keras import ops

from keras_aae.checks import Choice, Tensor

DOMINANT = 0.95  # of what the discriminator is shown, told right


def real_loss(real: Tensor, smoothing: float = 0.0) -> Tensor:
    """-E[(1 - s) log D(real) + s log(1 - D(real))].

    The smoothing s keeps the discriminator from being too sure of the prior.

    References:
        Generative Adversarial Nets (Goodfellow et al., 2014), algorithm 1; Improved
        Techniques for Training GANs (Salimans et al., 2016), section 3.4, for s.
    """
    return ops.mean(ops.softplus(-real) + smoothing * real)


def fake_loss(fake: Tensor) -> Tensor:
    """-E[log(1 - D(fake))]; at chance, D = 1/2 everywhere, it is log 2, as the other."""
    return ops.mean(ops.softplus(fake))


def non_saturating(fake: Tensor) -> Tensor:
    """-E[log D(fake)], whose slope is steepest where the discriminator wins."""
    return ops.mean(ops.softplus(-fake))


def minimax(fake: Tensor) -> Tensor:
    """E[log(1 - D(fake))], the discriminator's own loss turned round."""
    return -ops.mean(ops.softplus(fake))


GENERATOR_LOSSES = {"non-saturating": non_saturating, "minimax": minimax}
GeneratorLoss = Annotated[str, Choice(GENERATOR_LOSSES)]


def fraction_positive(logits: Tensor) -> Tensor:
    """Share of codes that the discriminator takes for the prior's; 0 counts half."""
    return ops.mean(0.5 * (1.0 + ops.sign(logits)))


def discriminator_dominates(
    row: Mapping[str, float],
    accuracies: Sequence[str],
    fakes: str = "of the codes",
    reals: str = "of the prior's samples",
) -> dict[str, str]:
    """The warning that a discriminator is right nearly always, if it is.

    Args:
        row: Of the history.
        accuracies: The terms of its accuracy on codes and on prior samples.
        fakes: What the first is of, in words.
        reals: What the second is of.
    """
    rights = [row[name] for name in accuracies]
    if min(rights) < DOMINANT:
        return {}
    return {
        accuracies[0]: f"The discriminator wins: it tells {rights[0]:.0%} {fakes} and "
        f"{rights[1]:.0%} {reals} right, where 50 % each is the goal. Give it a lower "
        "learning rate or fewer units, or its opponent a higher one."
    }
