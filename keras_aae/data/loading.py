"""Loading of a data set from a registered name, a file or a folder."""

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
        name: Key of `registry.DATASETS`, path of an .npz or .npy file, or path of a
            folder of images. None loads MNIST, or the bundled digits with a `note` if
            MNIST cannot be downloaded.
        data_dir: Folder to search first for the files of a named data set.
        image_size: Side or (H, W) of all images; only for a folder and
            `resized_names()`.
        channels: Number of channels, 1 for gray, 3 for color; only for the same.
        limit: Maximum number of train and of test images, each.
        seed: Seed of the choice of these.

    Raises:
        DataError: There is no such data set, or it is damaged or invalid.
    """
    load = _loader(name, data_dir)
    shape = {"image_size": image_size, "channels": channels}
    shape = {key: value for key, value in shape.items() if value is not None}
    if not shape.keys() <= inspect.signature(load).parameters.keys():
        raise DataError(
            f"Data set {name or 'mnist'} has a fixed image size and channels. Expected "
            "image_size and channels only with a folder of images or one of "
            f"{', '.join(resized_names())}. Leave them out."
        )
    dataset = load(**shape)
    return dataset if limit is None else dataset.limited(limit, seed)


def load_resized(
    name: str | Path | None, image_shape: ImageShape, data_dir: str | Path | None = None
) -> Dataset:
    """Load a data set with images of the shape that a model takes.

    Images of a folder and of `resized_names()` are resized; others must have the shape.

    Args:
        name: Data set, as in `load_dataset`.
        image_shape: Shape (H, W, C) of the images.
        data_dir: Folder to search first for the files of a named data set.

    Raises:
        DataError: There is no such data set, or its images have another shape.
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
        DataError: They have another shape.
    """
    if tuple(received) != tuple(expected):
        found, taken = ("x".join(map(str, s)) for s in (received, expected))
        raise DataError(
            f"The images of {name or 'mnist'} are {found} (height x width x channels), "
            f"but the model takes {taken}. Resize them, or use a folder of images, "
            "which are resized on loading."
        )


def resized_names() -> list[str]:
    """Return the keys of `registry.DATASETS` whose images can be resized."""
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
            f"{error} The path of a folder of images or of an .npz or .npy file is "
            "valid too."
        ) from None


def _load_default(data_dir: str | Path | None) -> Dataset:
    try:
        return load_entry("mnist", DATASETS, "data set")(data_dir)
    except DataNotFoundError:
        digits = load_entry("digits", DATASETS, "data set")()
        return replace(digits, note=FALLBACK_NOTE)
