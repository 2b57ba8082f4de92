"""What figures ask of their inputs: a model, a data set, an option."""

from collections.abc import Callable
from numbers import Integral

import numpy as np

from keras_aae.errors import KerasAAEError, UnsupportedError

REMEDIES = {
    "encode": "Choose a figure that needs no codes, or a model with an encoder.",
    "decode": "Choose a figure that decodes nothing, or a model with a decoder.",
    "reconstruct": "Choose another figure, or a model with an encoder and a decoder.",
    "generate": "Choose another figure, or a model whose codes have a prior.",
}


def ability(model, name: str, figure: str) -> Callable:
    """The method `name` of `model`.

    Raises:
        UnsupportedError: the model has none; the message says what to do.
    """
    method = getattr(model, name, None)
    if method is None:
        raise UnsupportedError(
            f"Figure {figure!r} needs `{name}`, which {type(model).__name__} "
            f"does not have. {REMEDIES[name]}"
        )
    return method


def check_count(option: str, value, least: int = 1) -> int:
    """Return `value` if it is a whole number of at least `least`."""
    if isinstance(value, Integral) and value >= least:
        return int(value)
    raise KerasAAEError(
        f"Invalid value for option `{option}`. "
        f"Expected a whole number of at least {least}. Received: {value!r}."
    )


def first_images(dataset, n: int) -> np.ndarray:
    """The first `n` test images, fewer if there are fewer, (n, H, W, C) in [0, 1]."""
    n = min(check_count("n", n), len(dataset.test))
    images, _ = dataset.test.gather(np.arange(n))
    scale = 255.0 if images.dtype == np.uint8 else 1.0
    return images.astype("float32") / scale
