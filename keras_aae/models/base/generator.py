"""Base class of the models that decode codes to images, with a NumPy interface."""

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

    The network returns logits; `decode` and `generate` apply the sigmoid. Images come
    out as float32 (n, H, W, C) in [0, 1]; codes are float32 (n, latent_dim).

    Attributes:
        prior: Distribution of the codes, or None.
        num_condition_classes: Number of classes that its discriminator or generator can
            be conditioned on.
        reencodes_codes: Whether its discriminator sees generated codes after they were
            decoded and encoded again.
    """

    # No default value: PyTorch would find it before the layer of a learned prior.
    prior: Prior | None
    num_condition_classes: int = 0
    reencodes_codes: bool = False

    def decoding_network(self) -> keras.Model:
        """Return the network from codes to logits of images."""
        raise NotImplementedError

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images."""
        return tuple(self.decoding_network().output_shape[1:])

    @property
    def latent_dim(self) -> int:
        """Dimension of the codes."""
        return self.decoding_network().inputs[0].shape[-1]

    def decode_tensor(self, z: Tensor) -> Tensor:
        """Decode codes to images, (batch, H, W, C)."""
        return ops.sigmoid(self.decoding_network()(z, training=False))

    def call(self, z: Tensor) -> Tensor:
        """Decode codes to images, (batch, H, W, C)."""
        return self.decode_tensor(z)

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Decode codes to images, (n, H, W, C).

        Raises:
            DataError: the codes have another shape or are not finite.
        """
        return self.map("images", type(self).decode_tensor, self.check_codes(z))

    def generate(self, n: int, seed: int = 0) -> np.ndarray:
        """Decode `n` samples of the prior.

        Raises:
            UnsupportedError: the model has no prior.
        """
        prior = require(self, HasPrior, by="To generate images").prior
        return self.decode(ops.convert_to_numpy(prior.sample(n, seed=seed)))

    def check_codes(self, z: np.ndarray) -> np.ndarray:
        """Return codes as a float32 array after checking their shape and values.

        Raises:
            DataError: the codes have another shape or are not finite.
        """
        z = np.asarray(z)
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise DataError(
                f"Invalid codes of shape {z.shape}. Expected (n, {self.latent_dim})."
            )
        if z.dtype.kind not in "fiu" or not np.all(np.isfinite(z)):
            raise DataError("Invalid codes. Expected finite numbers.")
        return z.astype(np.float32)


def fixed_prior(name: str, latent_dim: int, components: int, seed: int) -> Prior:
    """Build a prior without learned parameters.

    Args:
        name: Key of `registry.PRIORS`, except for the learned prior.
        latent_dim: Dimension of the codes.
        components: Number of components, if the prior has components.
        seed: Seed of the prior's random parameters.

    Raises:
        RecipeError: the prior is learned.
    """
    family = load_entry(name, PRIORS, "prior")
    if issubclass(family, keras.layers.Layer):
        raise RecipeError(
            f"Invalid prior {name!r}, which only a VAE can learn. Expected a prior "
            "without learned parameters. Use, for example, normal or uniform."
        )
    return family.build_for(latent_dim, components, seed)
