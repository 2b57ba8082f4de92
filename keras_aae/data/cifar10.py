"""CIFAR-10, from a folder of images or from the archive in Keras' cache.

References:
    Learning Multiple Layers of Features from Tiny Images (Krizhevsky, 2009)
    https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf
"""

import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from keras_aae.data.dataset import Dataset
from keras_aae.data.fetching import (
    check_sha256,
    find,
    find_or_download,
    search_folders,
)
from keras_aae.data.folder import load_folder
from keras_aae.data.images import Images
from keras_aae.data.pictures import check_channels, check_size, resized
from keras_aae.errors import DataError

FOLDER = "cifar10"
CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
COUNTS = (50_000, 10_000)

# Name of the archive of `keras.datasets.cifar10` in Keras' cache.
ARCHIVE = "cifar-10-batches-py-target_archive"
SOURCE = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
TRAIN = tuple(f"cifar-10-batches-py/data_batch_{i}" for i in range(1, 6))
TEST = ("cifar-10-batches-py/test_batch",)


def load_cifar10(
    data_dir: str | Path | None = None,
    image_size: int | tuple[int, int] = 32,
    channels: int = 3,
) -> Dataset:
    """Load CIFAR-10: 50,000 + 10,000 images of ten classes, 32x32 in color, uint8.

    Searches `data_dir`, the folder named by KERAS_AAE_DATA and Keras' cache for a
    folder `cifar10` with `train` and `test`, each with one sub-folder of images per
    class. If there is none, searches for Keras' archive, or downloads it into the
    cache. The archive is verified by its checksum. Images in a folder may be JPEG
    files, whose pixels differ slightly.

    Args:
        data_dir: Folder to search first.
        image_size: Side or (H, W) to which all images are resized.
        channels: Number of channels: 1 for gray, 3 for color.

    Raises:
        DataError: The data set cannot be found or downloaded, is damaged, or images are
            missing.
    """
    size = check_size(image_size)
    check_channels(channels)
    folder = find(FOLDER, search_folders(data_dir))
    if folder is not None:
        return _checked(folder, load_folder(folder, size, channels))
    archive = find_or_download(ARCHIVE, SOURCE, SHA256, data_dir)
    check_sha256(archive, SHA256)
    with tarfile.open(archive) as files:
        train, test = [_part(files, names, size, channels) for names in (TRAIN, TEST)]
    return Dataset(FOLDER, train, test, CLASSES)


def _checked(folder: Path, dataset: Dataset) -> Dataset:
    counts = (len(dataset.train), len(dataset.test))
    if dataset.class_names != CLASSES or counts != COUNTS:
        raise DataError(
            f"{folder} holds {counts[0]:,} + {counts[1]:,} images of "
            f"{dataset.num_classes} classes. Expected {COUNTS[0]:,} + {COUNTS[1]:,} of "
            f"CIFAR-10's: {', '.join(CLASSES)}. Delete it, or replace it with a "
            "complete copy. To use it as it is, pass its path as the data set."
        )
    return dataset


def _part(
    files: tarfile.TarFile,
    names: tuple[str, ...],
    size: tuple[int, int] | None,
    channels: int,
) -> Images:
    batches = [_batch(files, name) for name in names]
    x = np.concatenate([batch[b"data"] for batch in batches])
    x = x.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    labels = np.concatenate([batch[b"labels"] for batch in batches])
    return Images(resized(x, size, channels), labels)


def _batch(files: tarfile.TarFile, name: str) -> dict[bytes, Any]:
    file = files.extractfile(name)
    if file is None:
        raise DataError(
            f"{name} of CIFAR-10's archive is not a file. Delete the archive and "
            "download it again."
        )
    return _Arrays(file, encoding="bytes").load()


class _Arrays(pickle.Unpickler):
    """Unpickler that reads arrays and refuses everything else."""

    KNOWN = (
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.KNOWN:
            raise DataError(
                f"A batch of CIFAR-10 requests {module}.{name}. Expected arrays only. "
                "Do not use this file."
            )
        return super().find_class(module, name)
