"""What every model that makes images of codes can do, in NumPy."""

import inspect
from functools import cached_property

import keras
import numpy as np
from keras import ops

from keras_aae.engine.backend import engine
from keras_aae.engine.phases import PhasedModel
from keras_aae.errors import DataError, RecipeError, UnsupportedError
from keras_aae.registry import PRIORS, load_entry

BATCH_SIZE = 1024


class GeneratingModel(PhasedModel):
    """A phased model with a network from codes to images and perhaps a `prior`.

    The network returns logits; `decode` and `generate` apply the sigmoid. Images go in as
    (n, H, W, C), or (n, H, W) for one channel, uint8 0..255 or float in [0, 1], and come
    out as float32 (n, H, W, C) in [0, 1]; codes are float32 (n, latent_dim).

    Class attributes:
        defaults: Where the family's networks differ from the builders' own defaults.
        builders: Functions that build its networks, whose annotated keyword arguments
            are options.
    """

    defaults: dict = {}
    builders: tuple = ()
    prior = None

    def decoding_network(self):
        """The network from codes to logits of images."""
        raise NotImplementedError

    @classmethod
    def options(cls) -> dict[str, inspect.Parameter]:
        """What `create` takes: the options of the networks and of the constructors.

        Of constructors those are the annotated keyword arguments, parents' ones first.
        """
        families = [c for c in reversed(cls.__mro__) if issubclass(c, GeneratingModel)]
        constructors = [vars(c)["__init__"] for c in families if "__init__" in vars(c)]
        found = {}
        for function in (*cls.builders, *constructors):
            found |= _options_of(function)
        return {
            name: p.replace(default=cls.defaults.get(name, p.default))
            for name, p in found.items()
        }

    @classmethod
    def split_options(cls, options: dict) -> list[dict]:
        """The options of each builder, with the family's defaults, and the others."""
        options, parts = cls.defaults | options, []
        for builder in cls.builders:
            known = _options_of(builder)
            parts.append({k: v for k, v in options.items() if k in known})
            options = {k: v for k, v in options.items() if k not in known}
        return [*parts, options]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images."""
        return tuple(self.decoding_network().output_shape[1:])

    @property
    def latent_dim(self) -> int:
        """Width of the code."""
        return self.decoding_network().inputs[0].shape[-1]

    def images(self, z):
        """The images that codes decode to."""
        return ops.sigmoid(self.decoding_network()(z, training=False))

    def call(self, z):
        """The images that codes decode to."""
        return self.images(z)

    def decode(self, z) -> np.ndarray:
        """The images of codes, (n, H, W, C).

        Raises:
            DataError: the codes have another shape or are not finite.
        """
        return self.map("images", type(self).images, self.check_codes(z))

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

    @cached_property
    def _compiled_maps(self) -> dict:
        return {}

    def map(self, name: str, function, *arrays, batch_size: int = BATCH_SIZE):
        """`function(self, *rows)` over the rows of arrays, batched and compiled once.

        Returns what the function returns, over all rows: an array, or a tuple of them.
        """
        if name not in self._compiled_maps:
            self._compiled_maps[name] = engine.compile_map(
                self, lambda *rows: function(self, *rows)
            )
        compiled, n = self._compiled_maps[name], len(arrays[0])
        if not n:  # convolutions of TensorFlow fail on no rows
            arrays = [np.zeros((1, *a.shape[1:]), a.dtype) for a in arrays]
        outputs = []
        for start in range(0, max(n, 1), batch_size):
            rows = [a[start : start + batch_size] for a in arrays]
            outputs.append(compiled(*rows))
        if isinstance(outputs[0], tuple | list):
            parts = zip(*outputs, strict=True)
            return tuple(np.concatenate(part)[:n] for part in parts)
        return np.concatenate(outputs)[:n]

    def check_images(self, x) -> np.ndarray:
        """The images as an array, if the model can take them."""
        x = np.asarray(x)
        shape = x.shape[1:] if x.ndim == 4 else (*x.shape[1:], 1)
        if x.ndim not in (3, 4) or shape != self.image_shape:
            raise DataError(
                f"Invalid images of shape {x.shape}. Expected (n, "
                f"{', '.join(map(str, self.image_shape))}), as in training."
            )
        if x.dtype != np.uint8:
            x = x.astype(np.float32) if x.dtype.kind in "fb" else x
            if x.dtype != np.float32 or not np.all((x >= 0) & (x <= 1)):
                raise DataError(
                    f"Invalid images of type {x.dtype}. Expected uint8 from 0 to 255, "
                    "or floats from 0 to 1 and none of them NaN."
                )
        return x.reshape(len(x), *self.image_shape)

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

    @classmethod
    def from_config(cls, config):
        """The inverse of `get_config`."""
        deserialize = keras.saving.deserialize_keras_object
        return cls(**{key: deserialize(value) for key, value in config.items()})


def fixed_prior(name: str, latent_dim: int, components: int, seed: int):
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


def _options_of(function) -> dict[str, inspect.Parameter]:
    """The annotated keyword arguments of a builder or a constructor."""
    return {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
        and parameter.annotation is not parameter.empty
    }
