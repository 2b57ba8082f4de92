"""Ordinary autoencoder."""

import keras
from keras import ops

from keras_aae.engine import AutoencodingModel, Phase
from keras_aae.errors import RecipeError
from keras_aae.losses import RECONSTRUCTION_LOSSES
from keras_aae.networks import build_autoencoder_networks


@keras.saving.register_keras_serializable("keras_aae")
class Autoencoder(AutoencodingModel):
    """Learns a code from which images can be rebuilt.

    minimise  mean_x  loss(x, decoder(encoder(x)))

    Args:
        encoder: images -> (batch, latent_dim).
        decoder: codes -> logits of the images.
        loss: "bernoulli" or "gaussian" (nats per example), or "mse" (squared error
            summed over the image).
        seed: Of the model's random numbers.

    References:
        Reducing the Dimensionality of Data with Neural Networks (Hinton, Salakhutdinov,
        2006).
    """

    terms = ("reconstruction_loss",)

    def __init__(self, encoder, decoder, *, loss="bernoulli", seed=0, **kwargs):
        super().__init__(encoder, decoder, seed=seed, **kwargs)
        if loss not in RECONSTRUCTION_LOSSES:
            raise RecipeError(
                f"Unknown loss {loss!r}. Choices: {', '.join(RECONSTRUCTION_LOSSES)}."
            )
        self.loss_name = loss

    @classmethod
    def create(
        cls,
        image_shape,
        latent_dim: int = 32,
        network: str = "dense",
        hidden_units: tuple | None = None,
        activation: str = "relu",
        code_activation: str | None = None,
        loss: str = "bernoulli",
        seed: int = 0,
    ) -> "Autoencoder":
        """An autoencoder of dense or convolutional networks."""
        encoder, decoder = build_autoencoder_networks(
            image_shape, latent_dim, network, hidden_units, activation,
            code_activation=code_activation,
        )  # fmt: skip
        return cls(encoder, decoder, loss=loss, seed=seed)

    def phases(self):
        """One phase: reconstruction."""
        networks = (self.encoder, self.decoder)
        return [Phase("reconstruction", self.reconstruction, networks)]

    def reconstruction(self, batch, training):
        """The mean reconstruction loss of a batch."""
        z = self.encoder(batch.x, training=training)
        logits = self.decoder(z, training=training)
        loss = ops.mean(RECONSTRUCTION_LOSSES[self.loss_name](batch.x, logits))
        return loss, {"reconstruction_loss": loss}

    def get_config(self):
        return {
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "loss": self.loss_name,
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config):
        deserialize = keras.saving.deserialize_keras_object
        networks = {k: deserialize(config[k]) for k in ("encoder", "decoder")}
        return cls(**{**config, **networks})
