"""What every model with an encoder and a decoder can do, in NumPy."""

import inspect
from functools import cached_property

import keras
import numpy as np
from keras import ops

from keras_aae.engine.backend import engine
from keras_aae.engine.phases import PhasedModel, as_tensor_images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.networks import build_autoencoder_networks

BATCH_SIZE = 1024


class AutoencodingModel(PhasedModel):
    """A phased model with `encoder` and `decoder` networks and perhaps a `prior`.

    The decoder returns logits; `decode`, `reconstruct` and `generate` apply the sigmoid.
    Images go in as (n, H, W, C), or (n, H, W) for one channel, uint8 0..255 or float in
    [0, 1], and come out as float32 (n, H, W, C) in [0, 1]; codes are float32
    (n, latent_dim).

    Class attributes:
        heads: Names of the encoder's outputs.
        defaults: Where the family's networks differ from the builders' own defaults.
        builders: Functions that build its networks, whose annotated keyword arguments
            are options.
    """

    heads: tuple[str, ...] = ("z",)
    defaults: dict = {}
    builders: tuple = (build_autoencoder_networks,)

    def __init__(self, encoder, decoder, *, prior=None, seed: int = 0, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.prior = prior
        self.built = True

    @classmethod
    def options(cls) -> dict[str, inspect.Parameter]:
        """What `create` takes: the options of the networks and of the constructors.

        Of constructors those are the annotated keyword arguments, parents' ones first.
        """
        families = [
            c for c in reversed(cls.__mro__) if issubclass(c, AutoencodingModel)
        ]
        constructors = [vars(c)["__init__"] for c in families if "__init__" in vars(c)]
        found = {}
        for function in (*cls.builders, *constructors):
            found |= _options_of(function)
        return {
            name: p.replace(default=cls.defaults.get(name, p.default))
            for name, p in found.items()
        }

    @classmethod
    def create(cls, image_shape, **options):
        """A model with networks of its own; `options()` lists what it takes."""
        architecture, others = cls.split_options(options)
        networks = build_autoencoder_networks(image_shape, cls.heads, **architecture)
        return cls(*networks, **others)

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
        outputs = []
        for start in range(0, max(n, 1), batch_size):
            rows = [a[start : start + batch_size] for a in arrays]
            outputs.append(compiled(*rows))
        if isinstance(outputs[0], tuple | list):
            return tuple(np.concatenate(parts) for parts in zip(*outputs, strict=True))
        return np.concatenate(outputs)

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

    def get_config(self):
        """The networks and the seed; families add their own arguments."""
        serialize = keras.saving.serialize_keras_object
        return {
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config):
        """The inverse of `get_config`."""
        deserialize = keras.saving.deserialize_keras_object
        return cls(**{key: deserialize(value) for key, value in config.items()})


def option_of_create(name: str, kind: type, default) -> dict[str, inspect.Parameter]:
    """An option that only `create` takes, as `options` lists it."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    return {name: inspect.Parameter(name, keyword, annotation=kind, default=default)}


def _options_of(function) -> dict[str, inspect.Parameter]:
    """The annotated keyword arguments of a builder or a constructor."""
    return {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
        and parameter.annotation is not parameter.empty
    }


def _encode(model, x):
    return model.code(as_tensor_images(x))
