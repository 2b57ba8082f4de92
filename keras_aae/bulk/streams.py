"""Images one block after another, with names and labels, however many there are."""

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

PARTS = ("train", "test")  # sub-folders that say nothing of the class


class Stream(Protocol):
    """Images with an id and a label each, read by their numbers from 0."""

    def __len__(self) -> int: ...

    def ids(self, start: int, stop: int) -> list[str]: ...

    def labels(self, start: int, stop: int) -> list[str]: ...

    def read(self, start: int, stop: int) -> np.ndarray: ...

    def fingerprint(self) -> str: ...


@dataclass(frozen=True, eq=False)
class FolderStream:
    """The pictures of a folder and of all its sub-folders, brought to one shape.

    An id is the path below the folder, a label the sub-folder that the file is in (but
    for `train` and `test`); '' if there is none. Names are kept, pictures are not.

    Args:
        folder: The folder.
        names: Paths below it, sorted.
        image_shape: (H, W, C) to which pictures are resized.
    """

    folder: Path
    names: tuple[str, ...]
    image_shape: ImageShape

    @classmethod
    def open(cls, folder: Path, image_shape: ImageShape) -> "FolderStream":
        """The pictures that there are now; hidden files and folders are passed over.

        Raises:
            DataError: there are none, or a folder cannot be read.
        """
        names = tuple(sorted(_pictures_below(folder)))
        if not names:
            raise DataError(
                f"{folder} holds no images; expected files ending in "
                f"{', '.join(ENDINGS)} there or in sub-folders."
            )
        return cls(folder, names, image_shape)

    def __len__(self) -> int:
        return len(self.names)

    def ids(self, start: int, stop: int) -> list[str]:
        """Paths below the folder, from `start` to before `stop`."""
        return list(self.names[start:stop])

    def labels(self, start: int, stop: int) -> list[str]:
        """The sub-folders that the pictures are in, or ''."""
        return [_class_of(name) for name in self.names[start:stop]]

    def read(self, start: int, stop: int) -> np.ndarray:
        """The pictures, uint8 (n, H, W, C).

        Raises:
            DataError: one of them cannot be read.
        """
        height, width, channels = self.image_shape
        files = [self.folder / name for name in self.names[start:stop]]
        return read_pictures(files, (height, width), channels)

    def fingerprint(self) -> str:
        """SHA-256 of all names, sizes and times of change.

        Raises:
            DataError: a picture has gone.
        """
        digest = hashlib.sha256(repr(self.image_shape).encode())
        for name in self.names:
            try:
                stat = (self.folder / name).stat()
            except OSError as error:
                raise DataError(
                    f"{self.folder / name} cannot be read ({error.strerror}). Begin again "
                    "with the pictures that are there."
                ) from None
            digest.update(os.fsencode(name))
            digest.update(f"\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class ArrayStream:
    """The images of an .npy file, which stays on disk; an id is the row."""

    path: Path

    def __len__(self) -> int:
        return len(map_array(self.path))

    def ids(self, start: int, stop: int) -> list[str]:
        """The numbers of the rows, from `start` to before `stop`."""
        return [str(row) for row in range(start, min(stop, len(self)))]

    def labels(self, start: int, stop: int) -> list[str]:
        """Nothing, for each."""
        return [""] * len(self.ids(start, stop))

    def read(self, start: int, stop: int) -> np.ndarray:
        """The images, uint8 or float32 (n, H, W, C)."""
        # Mapped anew, so that what was read does not stay in memory.
        return Images(np.array(map_array(self.path)[start:stop])).array()

    def fingerprint(self) -> str:
        """SHA-256 of its path, size and time of change."""
        stat = self.path.stat()
        text = f"{self.path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class DatasetStream:
    """The training images of a data set, and then its test images."""

    dataset: Dataset

    def __len__(self) -> int:
        return len(self.dataset.train) + len(self.dataset.test)

    def ids(self, start: int, stop: int) -> list[str]:
        """train/ROW or test/ROW, from `start` to before `stop`."""
        parts = self._parts(start, stop)
        return [f"{part}/{row}" for part, _, rows in parts for row in rows]

    def labels(self, start: int, stop: int) -> list[str]:
        """The names of their classes; '' where there is none."""
        found, names = [], (*self.dataset.class_names, "")
        for _, images, rows in self._parts(start, stop):
            labels = images.labels
            numbers = [-1] * len(rows) if labels is None else labels[rows]
            found += [names[number] for number in numbers]
        return found

    def read(self, start: int, stop: int) -> np.ndarray:
        """The images, uint8 or float32 (n, H, W, C)."""
        parts = self._parts(start, stop)
        return np.concatenate([images.gather(rows)[0] for _, images, rows in parts])

    def fingerprint(self) -> str:
        """That of the data set."""
        return self.dataset.fingerprint

    def _parts(self, start: int, stop: int) -> list[tuple[str, Images, np.ndarray]]:
        """Return the name, the images and the rows of each part."""
        train, test = self.dataset.train, self.dataset.test
        rows, count = np.arange(start, min(stop, len(self))), len(train)
        return [
            ("train", train, rows[rows < count]),
            ("test", test, rows[rows >= count] - count),
        ]


def open_stream(
    name: str | Path, image_shape: ImageShape, data_dir: str | Path | None = None
) -> Stream:
    """The images that a user names, for a model of images of a shape.

    Args:
        name: A folder, whose pictures are resized, an .npy file, or a data set as
            `load_dataset` knows it.
        image_shape: (H, W, C) that the model takes.
        data_dir: Where to look for the files of named sets first.

    Raises:
        DataError: there is no such thing, or its images have another shape.
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
    """Paths of pictures below a folder, with / between, links to folders not followed."""

    def refuse(error: OSError) -> NoReturn:
        raise DataError(
            f"Folder {error.filename} cannot be read ({error.strerror}); expected a "
            "folder of images."
        )

    for path, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = Path(path).relative_to(folder).as_posix()
        for file in files:
            if not file.startswith(".") and file.lower().endswith(ENDINGS):
                yield file if below == "." else f"{below}/{file}"
