"""Base class of the models with an encoder and a decoder, with a NumPy interface."""

from typing import Any

import keras
import numpy as np

from keras_aae.checks import ImageShape, Seed, Tensor, pick
from keras_aae.engine.phases import as_tensor_images
from keras_aae.models.base.generator import GeneratingModel
from keras_aae.networks import build_autoencoder_networks


class AutoencodingModel(GeneratingModel):
    """A generating model with an `encoder`, a `decoder` and perhaps a `prior`.

    Class attributes:
        heads: Names of the encoder's outputs.
    """

    heads: tuple[str, ...] = ("z",)
    builders: tuple = (build_autoencoder_networks,)

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        seed: Seed = 0,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, **kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.prior = None
        self.built = True

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Build the encoder and the decoder."""
        return cls.build_autoencoder(image_shape, cls.heads, **options)

    @classmethod
    def build_autoencoder(
        cls, image_shape: ImageShape, heads: tuple[str, ...], **options: Any
    ) -> tuple[keras.Model, keras.Model]:
        """Build an encoder with the named outputs, and a decoder."""
        architecture = pick(build_autoencoder_networks, options)
        return build_autoencoder_networks(image_shape, heads, **architecture)

    def decoding_network(self) -> keras.Model:
        """Return the decoder."""
        return self.decoder

    def condition(self, labels: np.ndarray | None, n: int) -> tuple:
        """Return the decoder's inputs besides `n` codes, as arrays: here none."""
        del labels, n
        return ()

    def encode_tensor(self, x: Tensor) -> Tensor:
        """Compute the deterministic codes of a batch of images, (batch, latent_dim)."""
        return self.encoder(x, training=False)

    def call(self, x: Tensor) -> Tensor:
        """Reconstruct images."""
        return self.decode_tensor(self.encode_tensor(as_tensor_images(x)))

    def encoder_outputs(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Return the encoder's outputs by name, each (n, latent_dim)."""
        return {"z": self.encode(x)}

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Return the codes of images, (n, latent_dim).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("code", _encode, self.check_images(x))

    def reconstruct(self, x: np.ndarray) -> np.ndarray:
        """Return the reconstructions of images, (n, H, W, C).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("call", type(self).call, self.check_images(x))


def _encode(model: Any, x: Tensor) -> Tensor:
    return model.encode_tensor(as_tensor_images(x))
