"""Ordinary, sparse, denoising and contractive autoencoders."""

from typing import Annotated, Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Choice, Deviation, InnerShare, Tensor, Weight
from keras_aae.engine import Phase
from keras_aae.engine.batch import Batch, Terms
from keras_aae.engine.phases import as_tensor_images
from keras_aae.losses.reconstruction import RECONSTRUCTION_LOSSES, ReconstructionLoss
from keras_aae.losses.regularizers import kl_sparsity, l1_activity
from keras_aae.models.base.autoencoder import AutoencodingModel
from keras_aae.transforms.corruptions import CORRUPTIONS, Corruption


@keras.saving.register_keras_serializable("keras_aae")
class Autoencoder(AutoencodingModel):
    """An autoencoder, which learns codes from which images can be reconstructed.

    minimize  mean_x  loss(x, decoder(encoder(x)))

    Args:
        encoder: images -> (batch, latent_dim).
        decoder: codes -> logits of the images.
        loss: Reconstruction loss: "bernoulli", "gaussian" or "poisson" (nats per
            example), or "mse" (squared error summed over the image).
        seed: Seed of the model's random numbers.

    References:
        Reducing the Dimensionality of Data with Neural Networks (Hinton, Salakhutdinov,
        2006).
    """

    terms = ("reconstruction_loss",)

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        loss: ReconstructionLoss = "bernoulli",
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, **kwargs)
        self.loss_name = loss

    def phases(self) -> list[Phase]:
        """Return the only phase, the reconstruction."""
        networks = (self.encoder, self.decoder)
        return [Phase("reconstruction", self.reconstruction, networks)]

    def reconstruction(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the mean reconstruction loss of a batch."""
        z = self.encoder(batch.x, training=training)
        loss = self.reconstruction_loss(batch.x, z, training)
        return loss, {"reconstruction_loss": loss}

    def reconstruction_loss(
        self, x: Tensor, z: Tensor, training: bool = False
    ) -> Tensor:
        """Compute the mean loss between images and decoded codes."""
        logits = self.decoder(z, training=training)
        return ops.mean(RECONSTRUCTION_LOSSES[self.loss_name](x, logits))


def _kl(model: Any, z: Tensor) -> Tensor:
    units = kl_sparsity(z, model.sparsity_target)
    return REDUCTIONS[model.sparsity_reduction](units)


SPARSITIES = {"l1": lambda model, z: l1_activity(z), "kl": _kl}
REDUCTIONS = {"sum": ops.sum, "mean": ops.mean}


@keras.saving.register_keras_serializable("keras_aae")
class SparseAutoencoder(Autoencoder):
    """An autoencoder whose code units are mostly near zero.

    minimize  mean_x  loss(x, decoder(encoder(x)))  +  sparsity_weight S

    S = mean_x sum_j |z_j|           for "l1"
    S = sum_j KL(B(p) || B(mean_x z_j))   for "kl", p the sparsity target

    With "kl", the sum over units can be replaced by a mean, and codes should lie in
    (0, 1), as sigmoid outputs do. Batch means approximate the means over all images.

    Args:
        encoder, decoder, loss, seed: See `Autoencoder`.
        sparsity: Penalty, "l1" or "kl".
        sparsity_weight: Weight of S; a number or a Keras schedule over steps.
        sparsity_target: Target p of "kl".
        sparsity_reduction: Reduction of "kl" over the units, "sum" or "mean".

    References:
        Sparse Autoencoder, CS294A lecture notes (Ng, 2011), section 3.
    """

    terms = ("reconstruction_loss", "sparsity", "mean_code")
    defaults = {"code_activation": "sigmoid"}

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        sparsity: Annotated[str, Choice(SPARSITIES)] = "kl",
        sparsity_weight: Weight = 1.0,
        sparsity_target: InnerShare = 0.05,
        sparsity_reduction: Annotated[str, Choice(REDUCTIONS)] = "sum",
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, **kwargs)
        self.sparsity, self.sparsity_reduction = sparsity, sparsity_reduction
        self.sparsity_weight = sparsity_weight
        self.sparsity_target = sparsity_target

    def reconstruction(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the mean reconstruction loss and the sparsity penalty of a batch."""
        z = self.encoder(batch.x, training=training)
        loss = self.reconstruction_loss(batch.x, z, training)
        penalty = SPARSITIES[self.sparsity](self, z)
        terms = {
            "reconstruction_loss": loss,
            "sparsity": penalty,
            "mean_code": ops.mean(z),
        }
        return loss + self.weight(self.sparsity_weight) * penalty, terms


@keras.saving.register_keras_serializable("keras_aae")
class DenoisingAutoencoder(Autoencoder):
    """An autoencoder that reconstructs clean images from corrupted ones.

    minimize  mean_x  loss(x, decoder(encoder(c(x)))),  c a random corruption

    `encode` and `reconstruct` do not corrupt their input; `corrupt` does.

    Args:
        encoder, decoder, loss, seed: See `Autoencoder`.
        corruption: Kind of corruption: "gaussian", "masking" or "salt-and-pepper".
        noise: Standard deviation of Gaussian noise, or fraction of corrupted pixels.

    References:
        Extracting and Composing Robust Features with Denoising Autoencoders (Vincent,
        Larochelle, Bengio, Manzagol, 2008), sections 2.3 and 4.
    """

    pixel_noise = True

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        corruption: Corruption = "gaussian",
        noise: Deviation = 0.4,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, **kwargs)
        self.corruption, self.noise = corruption, noise

    def reconstruction(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the mean loss between clean images and denoised ones."""
        noisy = self._corrupted(batch.x, self.seed_generator)
        z = self.encoder(noisy, training=training)
        loss = self.reconstruction_loss(batch.x, z, training)
        return loss, {"reconstruction_loss": loss}

    def corrupt(self, x: np.ndarray, seed: int = 0) -> np.ndarray:
        """Corrupt images as in training, float32 in [0, 1]."""
        x = as_tensor_images(self.check_images(x))
        return ops.convert_to_numpy(self._corrupted(x, seed))

    def _corrupted(self, x: Tensor, seed: int | keras.random.SeedGenerator) -> Tensor:
        return CORRUPTIONS[self.corruption](x, self.weight(self.noise), seed)


@keras.saving.register_keras_serializable("keras_aae")
class ContractiveAutoencoder(Autoencoder):
    """An autoencoder whose codes are insensitive to small changes of the images.

    minimize  mean_x  loss(x, decoder(encoder(x)))  +  contraction_weight ||J(x)||_F^2

    J is the Jacobian of the encoder f. ||J||_F^2 = E ||J e||^2 for e ~ N(0, I), and
    J e = (f(x + s e) - f(x)) / s for small s: one draw per image and step.

    Args:
        encoder, decoder, loss, seed: See `Autoencoder`.
        contraction_weight: Weight of the penalty; a number or a Keras schedule over
            steps.

    References:
        Contractive Auto-Encoders (Rifai, Vincent, Muller, Glorot, Bengio, 2011),
        equation 7; Higher Order Contractive Auto-Encoder (Rifai et al., 2011),
        section 3.
    """

    terms = ("reconstruction_loss", "contraction")
    pixel_noise = True
    STEP = 0.01

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        contraction_weight: Weight = 0.1,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, **kwargs)
        self.contraction_weight = contraction_weight

    def reconstruction(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the mean reconstruction loss and contraction penalty of a batch."""
        z = self.encoder(batch.x, training=training)
        loss = self.reconstruction_loss(batch.x, z, training)
        penalty = self.contraction(batch.x, z, training)
        terms = {"reconstruction_loss": loss, "contraction": penalty}
        return loss + self.weight(self.contraction_weight) * penalty, terms

    def contraction(self, x: Tensor, z: Tensor, training: bool = False) -> Tensor:
        """Compute the mean of ||J(x) e||^2."""
        e = keras.random.normal(ops.shape(x), seed=self.seed_generator)
        moved = self.encoder(x + self.STEP * e, training=training) - z
        return ops.mean(ops.sum(ops.square(moved / self.STEP), axis=-1))
