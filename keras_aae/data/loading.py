"""From what a user names, a menu entry, a file or a folder, to a data set."""

import inspect
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from keras_aae.checks import ImageShape
from keras_aae.data.dataset import Dataset
from keras_aae.data.fetching import DataNotFoundError
from keras_aae.errors import DataError, KerasAAEError
from keras_aae.lookup import load_entry
from keras_aae.registry import DATASETS

FILE_ENDINGS = (".npz", ".npy")
FALLBACK_NOTE = (
    "MNIST could neither be found on disk nor downloaded: the bundled 8x8 digits "
    "(1,797 images, enlarged to 28x28) are used instead. These are NOT MNIST results."
)


def load_dataset(
    name: str | Path | None = None,
    *,
    data_dir: str | Path | None = None,
    image_size: int | tuple[int, int] | None = None,
    channels: int | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> Dataset:
    """Load a data set.

    Args:
        name: a name on the menu of data sets, the path of an .npz or .npy file, or the
            path of a folder of images. None: MNIST, or where it cannot be had the bundled
            digits, with a `note` that says so.
        data_dir: folder to look in first for the files of a named set.
        image_size: for a folder and `resized_names()`: side or (H, W) of all images.
        channels: for the same: 1 for gray, 3 for color.
        limit: use at most so many train and so many test images.
        seed: chooses them.

    Raises:
        DataError: there is no such set, or it is damaged or not what was expected.
    """
    load = _loader(name, data_dir)
    shape = {"image_size": image_size, "channels": channels}
    shape = {key: value for key, value in shape.items() if value is not None}
    if not shape.keys() <= inspect.signature(load).parameters.keys():
        raise DataError(
            f"The data set {name or 'mnist'} has its own image size and channels. "
            f"Expected a folder of images or one of {', '.join(resized_names())} where "
            "they are given. Leave them out."
        )
    dataset = load(**shape)
    return dataset if limit is None else dataset.limited(limit, seed)


def load_resized(
    name: str | Path | None, image_shape: ImageShape, data_dir: str | Path | None = None
) -> Dataset:
    """Load a data set for a model of images of a shape.

    The pictures of a folder and of `resized_names()` are resized; others have the shape already.

    Args:
        name: as of `load_dataset`.
        image_shape: (H, W, C).
        data_dir: folder to look in first for the files of a named set.

    Raises:
        DataError: there is no such set, or its images have another shape.
    """
    height, width, channels = image_shape
    load = _loader(name, data_dir)
    shape = {"image_size": (height, width), "channels": channels}
    shape = shape if _resizes(load) else {}
    dataset = load(**shape)
    check_shape(name, dataset.image_shape, image_shape)
    return dataset


def check_shape(
    name: str | Path | None, received: Iterable[int], expected: Iterable[int]
) -> None:
    """Check that images have the shape that a model takes, (H, W, C).

    Raises:
        DataError: they have another.
    """
    if tuple(received) != tuple(expected):
        found, taken = ("x".join(map(str, s)) for s in (received, expected))
        raise DataError(
            f"The images of {name or 'mnist'} are {found} and the model takes "
            f"{taken} (height x width x channels). Resize them, or give a folder of "
            "pictures, which are resized."
        )


def resized_names() -> list[str]:
    """Return the data sets on the menu whose images may be given another shape."""
    return [n for n in DATASETS if _resizes(load_entry(n, DATASETS, "data set"))]


def _resizes(load: Callable[..., Dataset]) -> bool:
    return "image_size" in inspect.signature(load).parameters


def _is_folder(name: str | Path | None) -> bool:
    if name is None or name in DATASETS:
        return False
    return os.path.isdir(os.path.expanduser(name))


def _loader(
    name: str | Path | None, data_dir: str | Path | None
) -> Callable[..., Dataset]:
    if name is None:
        return partial(_load_default, data_dir)
    if _is_folder(name):
        from keras_aae.data.folder import load_folder

        return partial(load_folder, os.path.expanduser(name))
    if Path(name).suffix.lower() in FILE_ENDINGS:
        from keras_aae.data.npz import load_npz

        return partial(load_npz, os.path.expanduser(name))
    try:
        return partial(load_entry(str(name), DATASETS, "data set"), data_dir)
    except KerasAAEError as error:
        raise DataError(
            f"{error} The path of a folder of images or of an .npz or .npy file works too."
        ) from None


def _load_default(data_dir: str | Path | None) -> Dataset:
    try:
        return load_entry("mnist", DATASETS, "data set")(data_dir)
    except DataNotFoundError:
        digits = load_entry("digits", DATASETS, "data set")()
        return replace(digits, note=FALLBACK_NOTE)
