"""Images from NumPy files: .npz archives, and memory-mapped .npy arrays."""

from pathlib import Path

import numpy as np

from keras_aae.data.dataset import Dataset, numbered_classes, split_test
from keras_aae.data.images import Images
from keras_aae.errors import DataError

KEYS = ("x_train", "y_train", "x_test", "y_test", "x", "images", "y", "labels")


def load_npz(path: str | Path) -> Dataset:
    """Load images from a NumPy file.

    An .npz archive holds `x_train`, `y_train`, `x_test` and `y_test`, or `x` (or
    `images`) and `y` (or `labels`). Only the train images are required. An .npy file
    holds images only and is memory-mapped, so it may be larger than memory. Without a
    test part, a tenth of the images, always the same, is used for testing.

    Args:
        path: Path of the file; images are (n, H, W, C) or (n, H, W), labels (n,).

    Raises:
        DataError: The file is missing or damaged, or holds no such arrays.
    """
    path = Path(path)
    mapped = path.suffix.lower() == ".npy"
    arrays = {"x": map_array(path)} if mapped else read_arrays(path, KEYS)
    try:
        train, test = _parts(arrays)
        return Dataset(path.stem, train, test, numbered_classes(train, test))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def read_arrays(path: Path, keys: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return those of the named arrays that an .npz archive holds.

    Raises:
        DataError: The file is missing or damaged, or an array holds Python objects.
    """
    try:
        # Opened here, because np.load does not close a file that it cannot read.
        with open(path, "rb") as file:
            archive = np.load(file, allow_pickle=False)
            if isinstance(archive, np.ndarray):
                raise ValueError("it is a single array")
            with archive:
                return {key: archive[key] for key in keys if key in archive.files}
    # NumPy and zipfile raise errors of many kinds on damaged files.
    except Exception as error:
        raise _unreadable(path, ".npz archive", error) from None


def map_array(path: Path) -> np.ndarray:
    """Memory-map the array of an .npy file.

    Raises:
        DataError: The file is missing, damaged or holds Python objects.
    """
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except Exception as error:
        raise _unreadable(path, ".npy array", error) from None


def _unreadable(path: Path, kind: str, error: Exception) -> DataError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DataError(
        f"{path} cannot be read ({reason.rstrip('.')}). Expected a complete {kind} "
        "without Python objects. Delete it, or replace it with a complete copy."
    )


def _parts(arrays: dict[str, np.ndarray]) -> tuple[Images, Images]:
    x = _first(arrays, "x_train", "x", "images")
    if x is None:
        raise DataError(
            "The archive holds no images. Expected an array x_train, x or images. Save "
            "the images under one of these names, for example np.savez(path, x=images, "
            "y=labels)."
        )
    train = Images(x, _first(arrays, "y_train", "y", "labels"))
    if "x_test" not in arrays:
        return split_test(train)
    return train, Images(arrays["x_test"], arrays.get("y_test"))


def _first(arrays: dict[str, np.ndarray], *keys: str) -> np.ndarray | None:
    return next((arrays[key] for key in keys if key in arrays), None)
