"""What every model that makes images of codes can do, in NumPy."""

from typing import Annotated

import keras
import numpy as np
from keras import ops

from keras_aae.abilities import HasPrior, Prior, require
from keras_aae.checks import Choice, Tensor
from keras_aae.errors import DataError, RecipeError
from keras_aae.lookup import load_entry
from keras_aae.models.base.image_model import ImageModel
from keras_aae.registry import PRIORS

PriorName = Annotated[str, Choice(PRIORS)]


class GeneratingModel(ImageModel):
    """A model with a network from codes to images and perhaps a `prior`.

    The network returns logits; `decode` and `generate` apply the sigmoid. Images come out
    as float32 (n, H, W, C) in [0, 1]; codes are float32 (n, latent_dim).

    Attributes:
        prior: The distribution that codes are drawn from, or None.
        num_condition_classes: How many classes its discriminator or generator can be told.
        reencodes_codes: Whether its discriminator sees generated codes after they have
            been decoded and encoded again.
    """

    # No value: PyTorch would find it before the layer that a learned prior is.
    prior: Prior | None
    num_condition_classes: int = 0
    reencodes_codes: bool = False

    def decoding_network(self) -> keras.Model:
        """The network from codes to logits of images."""
        raise NotImplementedError

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images."""
        return tuple(self.decoding_network().output_shape[1:])

    @property
    def latent_dim(self) -> int:
        """Width of the code."""
        return self.decoding_network().inputs[0].shape[-1]

    def decode_tensor(self, z: Tensor) -> Tensor:
        """The images that codes decode to."""
        return ops.sigmoid(self.decoding_network()(z, training=False))

    def call(self, z: Tensor) -> Tensor:
        """The images that codes decode to."""
        return self.decode_tensor(z)

    def decode(self, z: np.ndarray) -> np.ndarray:
        """The images of codes, (n, H, W, C).

        Raises:
            DataError: the codes have another shape or are not finite.
        """
        return self.map("images", type(self).decode_tensor, self.check_codes(z))

    def generate(self, n: int, seed: int = 0) -> np.ndarray:
        """`n` images decoded from samples of the prior.

        Raises:
            UnsupportedError: the model has no prior.
        """
        prior = require(self, HasPrior, by="To generate images").prior
        return self.decode(ops.convert_to_numpy(prior.sample(n, seed=seed)))

    def check_codes(self, z: np.ndarray) -> np.ndarray:
        """The codes as a float32 array, if the model can take them."""
        z = np.asarray(z)
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise DataError(
                f"Invalid codes of shape {z.shape}. Expected (n, {self.latent_dim})."
            )
        if z.dtype.kind not in "fiu" or not np.all(np.isfinite(z)):
            raise DataError("Invalid codes. Expected finite numbers.")
        return z.astype(np.float32)


def fixed_prior(name: str, latent_dim: int, components: int, seed: int) -> Prior:
    """The prior of codes so wide, one with nothing to learn.

    Args:
        name: A key of `registry.PRIORS`, but for the learned one.
        latent_dim: Width of the codes.
        components: Its classes, where it has any.
        seed: Of what is random in it.

    Raises:
        RecipeError: it is the learned one.
    """
    family = load_entry(name, PRIORS, "prior")
    if issubclass(family, keras.layers.Layer):
        raise RecipeError(
            f"The prior {name!r} is learned by a VAE, and this model needs one to draw "
            "from that stays. Use another, for example normal or uniform."
        )
    return family.build_for(latent_dim, components, seed)
