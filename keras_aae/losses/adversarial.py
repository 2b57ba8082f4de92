"""Adversarial losses on discriminator logits: pure functions.

D = sigmoid(l) is the discriminator's probability that a code is a prior sample, l its
logit. `real` are the logits of prior samples, `fake` those of codes, (batch, 1) each;
for a GAN, of real and of generated images. Every loss is a mean over the batch, in
nats.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from keras import ops

from keras_aae.checks import Choice, Tensor

DOMINANT = 0.95  # accuracy on both inputs at which the discriminator dominates


def real_loss(real: Tensor, smoothing: float = 0.0) -> Tensor:
    """Compute -E[(1 - s) log D(real) + s log(1 - D(real))].

    The smoothing s keeps the discriminator from overconfidence on real inputs.

    References:
        Generative Adversarial Nets (Goodfellow et al., 2014), algorithm 1; Improved
        Techniques for Training GANs (Salimans et al., 2016), section 3.4, for s.
    """
    return ops.mean(ops.softplus(-real) + smoothing * real)


def fake_loss(fake: Tensor) -> Tensor:
    """Compute -E[log(1 - D(fake))].

    At chance level, D = 1/2, this and `real_loss` are log 2 each.
    """
    return ops.mean(ops.softplus(fake))


def non_saturating(fake: Tensor) -> Tensor:
    """Compute -E[log D(fake)], whose gradient does not vanish as D(fake) -> 0."""
    return ops.mean(ops.softplus(-fake))


def minimax(fake: Tensor) -> Tensor:
    """Compute E[log(1 - D(fake))], the negated discriminator loss (saturating)."""
    return -ops.mean(ops.softplus(fake))


GENERATOR_LOSSES = {"non-saturating": non_saturating, "minimax": minimax}
GeneratorLoss = Annotated[str, Choice(GENERATOR_LOSSES)]


def fraction_positive(logits: Tensor) -> Tensor:
    """Compute the fraction of positive logits; 0 counts half."""
    return ops.mean(0.5 * (1.0 + ops.sign(logits)))


def discriminator_dominates(
    row: Mapping[str, float],
    accuracies: Sequence[str],
    fakes: str = "codes",
    reals: str = "prior samples",
) -> dict[str, str]:
    """Return a warning, term -> message, if the discriminator is nearly always right.

    Args:
        row: Row of the history.
        accuracies: Names of the accuracies on fake and on real inputs.
        fakes: Name of the fake inputs in the message.
        reals: Name of the real inputs in the message.
    """
    rights = [row[name] for name in accuracies]
    if min(rights) < DOMINANT:
        return {}
    warning = (
        f"The discriminator dominates: its accuracy is {rights[0]:.0%} on {fakes} and "
        f"{rights[1]:.0%} on {reals} (target 50%). Lower its learning rate or its "
        "number of units, or raise the learning rate of the other networks."
    )
    return {accuracies[0]: warning}
