"""Penalties on codes and weights, for sparsity and non-negativity."""

import keras
from keras import ops

from keras_aae.checks import Tensor
from keras_aae.losses.divergences import bernoulli_kl


def l1_activity(z: Tensor) -> Tensor:
    """Compute sum_j |z_j| of each code, averaged over the batch.

    Unlike a Keras activity regularizer, it does not depend on the batch size.
    """
    return ops.mean(ops.sum(ops.abs(z), axis=-1))


def kl_sparsity(z: Tensor, target: float) -> Tensor:
    """Compute KL(B(p) || B(r_j)) of each unit j, (latent_dim,), in nats.

    B is the Bernoulli distribution, p the target and r_j the mean of unit j over the
    batch.

    References:
        Sparse Autoencoder, CS294A lecture notes (Ng, 2011), section 3.
    """
    return bernoulli_kl(target, ops.mean(z, axis=0))


@keras.saving.register_keras_serializable("keras_aae")
class WeightPenalty(keras.regularizers.Regularizer):
    """The penalty weight_decay sum(w^2) + nonnegativity sum(min(w, 0)^2) on a kernel.

    References:
        Deep Learning of Part-based Representation of Data Using Sparse Autoencoders
        with Nonnegativity Constraints (Hosseini-Asl, Zurada, Nasraoui, 2016),
        equation 8.
    """

    def __init__(self, weight_decay: float = 0.0, nonnegativity: float = 0.0):
        self.weight_decay = weight_decay
        self.nonnegativity = nonnegativity

    @classmethod
    def get(cls, weight_decay: float, nonnegativity: float) -> "WeightPenalty | None":
        """Return the penalty, or None if both weights are 0."""
        given = (weight_decay, nonnegativity)
        return cls(*given) if any(given) else None

    def __call__(self, w: Tensor) -> Tensor:
        penalty = self.weight_decay * ops.sum(ops.square(w))
        return penalty + self.nonnegativity * ops.sum(ops.square(ops.minimum(w, 0.0)))

    def get_config(self) -> dict[str, float]:
        return {
            "weight_decay": self.weight_decay,
            "nonnegativity": self.nonnegativity,
        }
