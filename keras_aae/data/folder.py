"""Images from a folder: PNG, JPEG and BMP files, flat or in one sub-folder a class."""

import os
from pathlib import Path

from keras_aae.data.dataset import Dataset, split_test
from keras_aae.data.images import Images
from keras_aae.data.pictures import (
    ENDINGS,
    check_channels,
    check_size,
    has_color,
    read_pictures,
)
from keras_aae.errors import DataError

# File, and name of its class or None.
Picture = tuple[Path, str | None]


def load_folder(
    path: str | Path,
    image_size: int | tuple[int, int] | None = None,
    channels: int | None = None,
) -> Dataset:
    """Load a folder of images into memory, uint8.

    The folder holds images, or one sub-folder of images for each class, or sub-folders
    `train` and `test` of either layout. Without these, a tenth of the images, always
    the same, is the test part. Names are sorted. Hidden files, files with other
    suffixes and deeper folders are skipped.

    Args:
        path: Path of the folder.
        image_size: Side or (H, W) to which all images are resized, ignoring their
            aspect ratio; None if all have the same size.
        channels: Number of channels: 1 for gray, 3 for color; None for color if any
            image has color.

    Raises:
        DataError: There are no images, one is unreadable or has another size, or the
            folder has another layout.
    """
    path, size = Path(path), check_size(image_size)
    check_channels(channels)
    parts = [_find(folder) for folder in _part_folders(path)]
    class_names = _class_names(path, parts)
    channels = channels or _common_channels(parts)
    images = [_read(part, class_names, size, channels) for part in parts]
    train, test = images if len(images) == 2 else split_test(images[0])
    return Dataset(path.resolve().name, train, test, class_names)


def _part_folders(path: Path) -> list[Path]:
    parts = [path / "train", path / "test"]
    return parts if all(os.path.isdir(part) for part in parts) else [path]


def _find(folder: Path) -> list[Picture]:
    """Return all images of one part, sorted."""
    flat: list[Picture] = [(file, None) for file in pictures_in(folder)]
    sub_folders = {
        sub: pictures_in(sub) for sub in entries_of(folder) if os.path.isdir(sub)
    }
    found: list[Picture] = [
        (file, sub.name) for sub, files in sub_folders.items() for file in files
    ]
    if flat and found:
        raise DataError(
            f"{folder} holds images both directly and in sub-folders. Expected one or "
            f"the other. Move {flat[0][0].name} or the sub-folder {found[0][1]} away."
        )
    if not flat and not found:
        raise DataError(
            f"{folder} holds no images. Expected files ending in {', '.join(ENDINGS)} "
            "there or in one sub-folder per class. Add images, or use another folder."
        )
    empty = [sub.name for sub, files in sub_folders.items() if not files]
    if found and empty:
        raise DataError(
            f"Sub-folder {empty[0]} of {folder} holds no images. Expected one "
            "sub-folder of images per class. Remove it, or add images."
        )
    return flat or found


def pictures_in(folder: Path) -> list[Path]:
    """Return the image files of a folder, sorted, except hidden ones."""
    return [
        entry
        for entry in entries_of(folder)
        if entry.suffix.lower() in ENDINGS and not os.path.isdir(entry)
    ]


def entries_of(folder: Path) -> list[Path]:
    """Return the entries of a folder, sorted, except hidden ones.

    Raises:
        DataError: The folder does not exist or cannot be read.
    """
    try:
        return sorted(e for e in folder.iterdir() if not e.name.startswith("."))
    except OSError as error:
        raise DataError(
            f"Folder {folder} cannot be read ({error.strerror}). Expected a folder of "
            "images. Check its name and permissions."
        ) from None


def _class_names(path: Path, parts: list[list[Picture]]) -> tuple[str, ...]:
    train, test = [{name for _, name in part} for part in (parts[0], parts[-1])]
    if not test <= train:
        raise DataError(
            f"The test part of {path} has {_name_classes(test - train)} that the train "
            "part lacks. Expected the same sub-folders in both. Move or remove them."
        )
    return tuple(sorted(name for name in train if name is not None))


def _name_classes(names: set[str | None]) -> str:
    if None in names:
        return "images without a class"
    return f"the class {min(map(str, names))}"


def _common_channels(parts: list[list[Picture]]) -> int:
    return 3 if any(has_color(file) for part in parts for file, _ in part) else 1


def _read(
    part: list[Picture],
    class_names: tuple[str, ...],
    size: tuple[int, int] | None,
    channels: int,
) -> Images:
    x = read_pictures([file for file, _ in part], size, channels)
    if not class_names:
        return Images(x)
    numbers: dict[str | None, int] = {
        name: number for number, name in enumerate(class_names)
    }
    return Images(x, [numbers[name] for _, name in part])
