"""What every model of images can do, in NumPy: options, checks, batches."""

import inspect
from functools import cached_property

import keras
import numpy as np

from keras_aae.engine.backend import engine
from keras_aae.engine.phases import PhasedModel
from keras_aae.errors import DataError

BATCH_SIZE = 1024


class ImageModel(PhasedModel):
    """A phased model that takes images of one shape, `image_shape`.

    Images go in as (n, H, W, C), or (n, H, W) for one channel, uint8 0..255 or float in
    [0, 1].

    Class attributes:
        defaults: Where the family's networks differ from the builders' own defaults.
        builders: Functions that build its networks, whose annotated keyword arguments
            are options.
    """

    defaults: dict = {}
    builders: tuple = ()

    @classmethod
    def options(cls) -> dict[str, inspect.Parameter]:
        """What `create` takes: the options of the networks and of the constructors.

        Of constructors those are the annotated keyword arguments, parents' ones first.
        """
        families = [c for c in reversed(cls.__mro__) if issubclass(c, ImageModel)]
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
        raise NotImplementedError

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
