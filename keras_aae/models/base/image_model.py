"""Base class of all models of images: options, input checks, batched inference."""

import inspect
from collections.abc import Callable
from functools import cached_property
from itertools import product
from typing import Any, Self

import keras
import numpy as np

from keras_aae.checks import ImageShape, options_of, takes_schedule, validate_all
from keras_aae.engine.backend import engine
from keras_aae.engine.phases import PhasedModel
from keras_aae.errors import DataError, RecipeError
from keras_aae.lookup import current_keys

BATCH_SIZE = 1024
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class ImageModel(PhasedModel):
    """A phased model that takes images of one shape, `image_shape`.

    Images go in as (n, H, W, C), or (n, H, W) for one channel, uint8 0..255 or float in
    [0, 1].

    An option of a family is a keyword argument with a default and a type of
    `keras_aae.checks`. It belongs to the constructor, a class method `build_...` or one
    of the `builders`, and is checked before anything is built. The constructor's
    arguments are kept in attributes of the same names; one that names an object is kept
    in `NAME_name` (`prior_name` beside `prior`).

    Class attributes:
        defaults: Values of options that replace the builders' own defaults.
        builders: Functions that build its networks.
    """

    defaults: dict[str, Any] = {}
    builders: tuple = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Check the options before anything is built."""
        _checked(cls._declared("__init__"), kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Check that every option of the family has a type."""
        super().__init_subclass__(**kwargs)
        cls._declared("build_", "__init__")

    @classmethod
    def options(cls) -> dict[str, inspect.Parameter]:
        """Return the options of `create`: those of networks and constructors."""
        found = {}
        for builder in cls.builders:
            found |= options_of(builder)
        declared = cls._declared("build_", "__init__")
        return {
            name: p.replace(default=cls.defaults.get(name, p.default))
            for name, p in (found | declared).items()
        }

    @classmethod
    def _declared(cls, *methods: str) -> dict[str, inspect.Parameter]:
        """Return the options of the family's methods, parents first."""
        found = {}
        families = [c for c in reversed(cls.__mro__) if issubclass(c, ImageModel)]
        for method, parent in product(methods, families):
            for name in vars(parent):
                if name.startswith(method):
                    found |= options_of(getattr(parent, name))
        return found

    @classmethod
    def create(cls, image_shape: ImageShape, **options: Any) -> Self:
        """Build the networks and return the model; `options()` lists the options."""
        known = cls.options()
        options = {name: p.default for name, p in known.items()} | options
        options = _checked(known, options)
        networks = cls.build_networks(tuple(image_shape), **options)
        chosen = cls._declared("__init__")
        others = {k: v for k, v in options.items() if k in chosen or k not in known}
        return cls(*networks, **others)

    @classmethod
    def build_networks(cls, image_shape: ImageShape, **options: Any) -> tuple:
        """Build the networks, in the order of the constructor's arguments."""
        raise NotImplementedError

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images."""
        raise NotImplementedError

    @cached_property
    def _compiled_maps(self) -> dict[str, Any]:
        return {}

    def map(
        self,
        name: str,
        function: Callable[..., Any],
        *arrays: np.ndarray,
        batch_size: int = BATCH_SIZE,
    ) -> Any:
        """Apply `function(self, *rows)` to arrays in batches, compiled once per name.

        Args:
            name: Key of the compiled function.
            function: Function (model, *tensors) -> tensor or tuple of tensors.
            *arrays: Arrays of equal length.
            batch_size: Rows per batch.

        Returns:
            The outputs of all rows: an array, or a tuple of arrays.
        """
        if name not in self._compiled_maps:
            self._compiled_maps[name] = engine.compile_map(
                self, lambda *rows: function(self, *rows)
            )
        compiled, n = self._compiled_maps[name], len(arrays[0])
        if not n:  # TensorFlow's convolutions fail on empty batches
            arrays = [np.zeros((1, *a.shape[1:]), a.dtype) for a in arrays]
        outputs = []
        for start in range(0, max(n, 1), batch_size):
            rows = [a[start : start + batch_size] for a in arrays]
            outputs.append(compiled(*rows))
        if isinstance(outputs[0], tuple | list):
            parts = zip(*outputs, strict=True)
            return tuple(np.concatenate(part)[:n] for part in parts)
        return np.concatenate(outputs)[:n]

    def check_images(self, x: np.ndarray) -> np.ndarray:
        """Return images as an array (n, H, W, C) after checking shape, type and range.

        Raises:
            DataError: the images have another shape, type or range.
        """
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
                    "or floats from 0 to 1 without NaN."
                )
        return x.reshape(len(x), *self.image_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, from the attributes of their names."""
        serialize = keras.saving.serialize_keras_object
        config = {name: serialize(self._argument(name)) for name in self._arguments()}
        return config | {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Build the model from the values of `get_config`."""
        deserialize = keras.saving.deserialize_keras_object
        return cls(
            **{
                key: deserialize(value)
                for key, value in current_keys("option", config).items()
            }
        )

    @classmethod
    def _arguments(cls) -> list[str]:
        """Return the names of the constructor's and its parents' arguments."""
        found = []
        for parent in cls.__mro__:
            if parent is ImageModel:
                break
            if "__init__" in vars(parent):
                _, *given = inspect.signature(parent.__init__).parameters.values()
                found += [p.name for p in given if p.kind not in VARIADIC]
        return list(dict.fromkeys(found))

    def _argument(self, name: str) -> Any:
        named = f"{name}_name"
        return getattr(self, named if hasattr(self, named) else name)


def _checked(
    options: dict[str, inspect.Parameter], values: dict[str, Any]
) -> dict[str, Any]:
    """Return values after checking the options; schedules in epochs are refused."""
    values = validate_all(options, values)
    for name, value in values.items():
        is_text = name in options and isinstance(value, str)
        if is_text and takes_schedule(options[name].annotation):
            raise RecipeError(
                f"Invalid {name} {value!r}. Expected a number or a Keras schedule over "
                "steps, since the steps per epoch are not known here. To use a "
                "schedule over epochs, train a recipe."
            )
    return values
