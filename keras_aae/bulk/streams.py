"""Streams of images with ids and labels, read in blocks."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

import numpy as np

from keras_aae.checks import ImageShape
from keras_aae.data.dataset import Dataset
from keras_aae.data.images import Images
from keras_aae.data.loading import check_shape, load_resized
from keras_aae.data.npz import map_array
from keras_aae.data.pictures import ENDINGS, read_pictures
from keras_aae.errors import DataError
from keras_aae.registry import DATASETS

PARTS = ("train", "test")  # sub-folders that are not classes


class Stream(Protocol):
    """Images with an id and a label each, read by position from 0."""

    def __len__(self) -> int: ...

    def ids(self, start: int, stop: int) -> list[str]: ...

    def labels(self, start: int, stop: int) -> list[str]: ...

    def read(self, start: int, stop: int) -> np.ndarray: ...

    def fingerprint(self) -> str: ...


@dataclass(frozen=True, eq=False)
class FolderStream:
    """Image files of a folder and all its sub-folders, resized to one shape.

    An id is the path relative to the folder. A label is the name of the sub-folder
    (except `train` and `test`), or ''. Only names are kept in memory, not images.

    Args:
        folder: Path of the folder.
        names: Relative paths of the files, sorted.
        image_shape: Shape (H, W, C) to which images are resized.
    """

    folder: Path
    names: tuple[str, ...]
    image_shape: ImageShape

    @classmethod
    def open(cls, folder: Path, image_shape: ImageShape) -> "FolderStream":
        """List the image files of a folder; hidden files and folders are skipped.

        Raises:
            DataError: There are no images, or a folder cannot be read.
        """
        names = tuple(sorted(_pictures_below(folder)))
        if not names:
            raise DataError(
                f"{folder} holds no images. Expected files ending in "
                f"{', '.join(ENDINGS)} there or in sub-folders. Add images, or use "
                "another folder."
            )
        return cls(folder, names, image_shape)

    def __len__(self) -> int:
        return len(self.names)

    def ids(self, start: int, stop: int) -> list[str]:
        """Return the paths relative to the folder, from `start` up to `stop`."""
        return list(self.names[start:stop])

    def labels(self, start: int, stop: int) -> list[str]:
        """Return the names of the sub-folders, or ''."""
        return [_class_of(name) for name in self.names[start:stop]]

    def read(self, start: int, stop: int) -> np.ndarray:
        """Return the images, uint8 (n, H, W, C).

        Raises:
            DataError: An image cannot be read.
        """
        height, width, channels = self.image_shape
        files = [self.folder / name for name in self.names[start:stop]]
        return read_pictures(files, (height, width), channels)

    def fingerprint(self) -> str:
        """Compute the SHA-256 of all names, sizes and modification times.

        Raises:
            DataError: An image no longer exists.
        """
        digest = hashlib.sha256(repr(self.image_shape).encode())
        for name in self.names:
            try:
                stat = (self.folder / name).stat()
            except OSError as error:
                raise DataError(
                    f"{self.folder / name} cannot be read ({error.strerror}). Expected "
                    "the files to stay in place. Rerun the command."
                ) from None
            digest.update(os.fsencode(name))
            digest.update(f"\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class ArrayStream:
    """Images of a memory-mapped .npy file; an id is the row number."""

    path: Path

    def __len__(self) -> int:
        return len(map_array(self.path))

    def ids(self, start: int, stop: int) -> list[str]:
        """Return the row numbers, from `start` up to `stop`."""
        return [str(row) for row in range(start, min(stop, len(self)))]

    def labels(self, start: int, stop: int) -> list[str]:
        """Return an empty label for each image."""
        return [""] * len(self.ids(start, stop))

    def read(self, start: int, stop: int) -> np.ndarray:
        """Return the images, uint8 or float32 (n, H, W, C)."""
        # Mapped again each time, so that pages already read can be freed.
        return Images(np.array(map_array(self.path)[start:stop])).array()

    def fingerprint(self) -> str:
        """Compute the SHA-256 of path, size and modification time."""
        stat = self.path.stat()
        text = f"{self.path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class DatasetStream:
    """Training images of a data set, followed by its test images."""

    dataset: Dataset

    def __len__(self) -> int:
        return len(self.dataset.train) + len(self.dataset.test)

    def ids(self, start: int, stop: int) -> list[str]:
        """Return train/ROW or test/ROW, from `start` up to `stop`."""
        parts = self._parts(start, stop)
        return [f"{part}/{row}" for part, _, rows in parts for row in rows]

    def labels(self, start: int, stop: int) -> list[str]:
        """Return the names of the classes; '' if unknown."""
        found, names = [], (*self.dataset.class_names, "")
        for _, images, rows in self._parts(start, stop):
            labels = images.labels
            numbers = [-1] * len(rows) if labels is None else labels[rows]
            found += [names[number] for number in numbers]
        return found

    def read(self, start: int, stop: int) -> np.ndarray:
        """Return the images, uint8 or float32 (n, H, W, C)."""
        parts = self._parts(start, stop)
        return np.concatenate([images.gather(rows)[0] for _, images, rows in parts])

    def fingerprint(self) -> str:
        """Return the fingerprint of the data set."""
        return self.dataset.fingerprint

    def _parts(self, start: int, stop: int) -> list[tuple[str, Images, np.ndarray]]:
        """Return the name, images and rows of each part."""
        train, test = self.dataset.train, self.dataset.test
        rows, count = np.arange(start, min(stop, len(self))), len(train)
        return [
            ("train", train, rows[rows < count]),
            ("test", test, rows[rows >= count] - count),
        ]


def open_stream(
    name: str | Path, image_shape: ImageShape, data_dir: str | Path | None = None
) -> Stream:
    """Open a stream of the images that a user names, for a model of one image shape.

    Args:
        name: Path of a folder, whose images are resized, or of an .npy file, or a data
            set as in `load_dataset`.
        image_shape: Shape (H, W, C) of the model's images.
        data_dir: Folder searched first for the files of named data sets.

    Raises:
        DataError: There is no such data set, or its images have another shape.
    """
    path = Path(os.path.expanduser(name))
    if str(name) not in DATASETS and path.is_dir():
        return FolderStream.open(path, image_shape)
    if path.suffix.lower() != ".npy":
        return DatasetStream(load_resized(name, image_shape, data_dir))
    shape = map_array(path).shape[1:]
    check_shape(name, shape if len(shape) != 2 else (*shape, 1), image_shape)
    return ArrayStream(path)


def _class_of(name: str) -> str:
    *folders, _ = name.split("/")
    named = folders[1:] if folders and folders[0] in PARTS else folders
    return named[-1] if named else ""


def _pictures_below(folder: Path) -> Iterator[str]:
    """Yield relative POSIX paths of image files; links to folders are not followed."""

    def refuse(error: OSError) -> NoReturn:
        raise DataError(
            f"Folder {error.filename} cannot be read ({error.strerror}). Expected a "
            "folder of images. Check its name and permissions."
        )

    for path, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = Path(path).relative_to(folder).as_posix()
        for file in files:
            if not file.startswith(".") and file.lower().endswith(ENDINGS):
                yield file if below == "." else f"{below}/{file}"
