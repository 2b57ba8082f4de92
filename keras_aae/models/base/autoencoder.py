"""What every model with an encoder and a decoder can do, in NumPy."""

import numpy as np

from keras_aae.checks import Seed, pick
from keras_aae.engine.phases import as_tensor_images
from keras_aae.models.base.generator import GeneratingModel
from keras_aae.networks import build_autoencoder_networks


class AutoencodingModel(GeneratingModel):
    """A generating model with `encoder` and `decoder` networks and perhaps a `prior`.

    Class attributes:
        heads: Names of the encoder's outputs.
    """

    heads: tuple[str, ...] = ("z",)
    builders: tuple = (build_autoencoder_networks,)

    def __init__(self, encoder, decoder, *, seed: Seed = 0, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.prior = None
        self.built = True

    @classmethod
    def build_networks(cls, image_shape, **options):
        """Return the encoder and the decoder."""
        return cls.build_autoencoder(image_shape, cls.heads, **options)

    @classmethod
    def build_autoencoder(cls, image_shape, heads, **options):
        """Return an encoder with these outputs, and a decoder."""
        architecture = pick(build_autoencoder_networks, options)
        return build_autoencoder_networks(image_shape, heads, **architecture)

    def decoding_network(self):
        """The decoder."""
        return self.decoder

    def condition(self, labels, n: int) -> tuple:
        """Return what `n` codes are decoded with, as arrays: here nothing."""
        del labels, n
        return ()

    def encode_tensor(self, x):
        """The code of a batch of images, deterministic."""
        return self.encoder(x, training=False)

    def call(self, x):
        """Reconstruct images."""
        return self.decode_tensor(self.encode_tensor(as_tensor_images(x)))

    def encoder_outputs(self, x) -> dict[str, np.ndarray]:
        """What the encoder says of images, each (n, latent_dim): here the codes."""
        return {"z": self.encode(x)}

    def encode(self, x) -> np.ndarray:
        """The codes of images, (n, latent_dim).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("code", _encode, self.check_images(x))

    def reconstruct(self, x) -> np.ndarray:
        """Images encoded and decoded, (n, H, W, C).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("call", type(self).call, self.check_images(x))


def _encode(model, x):
    return model.encode_tensor(as_tensor_images(x))
