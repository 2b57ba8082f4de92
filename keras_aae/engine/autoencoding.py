"""What every model with an encoder and a decoder can do, in NumPy."""

import inspect

import keras
import numpy as np
from keras import ops

from keras_aae.engine.imaging import ImageModel
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.networks import build_autoencoder_networks


class AutoencodingModel(ImageModel):
    """An image model with `encoder` and `decoder` networks and perhaps a `prior`.

    The decoder returns logits; `decode`, `reconstruct` and `generate` apply the sigmoid.
    Images come out as float32 (n, H, W, C) in [0, 1]; codes are float32 (n, latent_dim).

    Class attributes:
        heads: Names of the encoder's outputs.
    """

    heads: tuple[str, ...] = ("z",)
    builders: tuple = (build_autoencoder_networks,)

    def __init__(self, encoder, decoder, *, prior=None, seed: int = 0, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.prior = prior
        self.built = True

    @classmethod
    def create(cls, image_shape, **options):
        """A model with networks of its own; `options()` lists what it takes."""
        architecture, others = cls.split_options(options)
        networks = build_autoencoder_networks(image_shape, cls.heads, **architecture)
        return cls(*networks, **others)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images."""
        return tuple(self.decoder.output_shape[1:])

    @property
    def latent_dim(self) -> int:
        """Width of the code."""
        return self.decoder.inputs[0].shape[-1]

    def code(self, x):
        """The code of a batch of images, deterministic."""
        return self.encoder(x, training=False)

    def images(self, z):
        """The images that codes decode to."""
        return ops.sigmoid(self.decoder(z, training=False))

    def call(self, x):
        """Reconstruct images."""
        return self.images(self.code(as_tensor_images(x)))

    def code_statistics(self, x) -> dict[str, np.ndarray]:
        """What the encoder says of images, each (n, latent_dim): here the codes."""
        return {"z": self.encode(x)}

    def encode(self, x) -> np.ndarray:
        """The codes of images, (n, latent_dim).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("code", _encode, self.check_images(x))

    def decode(self, z) -> np.ndarray:
        """The images of codes, (n, H, W, C).

        Raises:
            DataError: the codes have another shape or are not finite.
        """
        return self.map("images", type(self).images, self.check_codes(z))

    def reconstruct(self, x) -> np.ndarray:
        """Images encoded and decoded, (n, H, W, C).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("call", type(self).call, self.check_images(x))

    def generate(self, n: int, seed: int = 0) -> np.ndarray:
        """`n` images decoded from samples of the prior.

        Raises:
            UnsupportedError: the model has no prior.
        """
        if self.prior is None:
            raise UnsupportedError(
                f"A model of class {type(self).__name__} has no prior to sample codes "
                "from. Use a VAE, or decode codes of your own."
            )
        return self.decode(ops.convert_to_numpy(self.prior.sample(n, seed=seed)))

    def check_codes(self, z) -> np.ndarray:
        """The codes as a float32 array, if the model can take them."""
        z = np.asarray(z)
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise DataError(
                f"Invalid codes of shape {z.shape}. Expected (n, {self.latent_dim})."
            )
        if z.dtype.kind not in "fiu" or not np.all(np.isfinite(z)):
            raise DataError("Invalid codes. Expected finite numbers.")
        return z.astype(np.float32)

    def get_config(self):
        """The networks and the seed; families add their own arguments."""
        serialize = keras.saving.serialize_keras_object
        return {
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
            "seed": self.seed,
            "name": self.name,
        }


def option_of_create(name: str, kind: type, default) -> dict[str, inspect.Parameter]:
    """An option that only `create` takes, as `options` lists it."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    return {name: inspect.Parameter(name, keyword, annotation=kind, default=default)}


def _encode(model, x):
    return model.code(as_tensor_images(x))
