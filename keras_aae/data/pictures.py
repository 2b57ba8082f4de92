"""Image files read as arrays: gray or color, upright, 8 bits, resized."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image, ImageOps

from keras_aae.checks import Channels, validate
from keras_aae.errors import DataError

# The suffix determines which of Pillow's readers may open a file.
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP"}
ENDINGS = tuple(FORMATS)
Result = TypeVar("Result")
GRAY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L")


def check_size(image_size: Any) -> tuple[int, int] | None:
    """Return an image size, a side or (H, W), as (H, W); None stays None.

    Raises:
        DataError: It is invalid.
    """
    if image_size is None:
        return None
    single = np.ndim(image_size) == 0
    size = (image_size, image_size) if single else tuple(image_size)
    if len(size) != 2 or not all(
        isinstance(s, int | np.integer) and s > 0 for s in size
    ):
        raise DataError(
            f"Invalid image_size {image_size!r}. Expected one side in pixels or "
            "(height, width), each at least 1."
        )
    return size


def check_channels(channels: int | None) -> None:
    """Check that the number of channels is 1, 3 or None.

    Raises:
        DataError: It is another number.
    """
    validate("channels", channels, Channels | None, DataError)


def has_color(path: Path) -> bool:
    """Return whether the header of an image file declares color, as gray RGB files do.

    Raises:
        DataError: The file is not a complete image of the format of its suffix.
    """
    return _read(path, lambda image: image.mode not in GRAY_MODES)


def read_pictures(
    files: Sequence[Path],
    size: tuple[int, int] | None,
    channels: int,
    middle: float = 1.0,
) -> np.ndarray:
    """Return image files as uint8 (n, H, W, channels), each read by `read_picture`.

    Raises:
        DataError: A file is unreadable or differs in size from the first, or there is
            not enough memory.
    """
    first = read_picture(files[0], size, channels, middle)
    x = _allocate((len(files), *first.shape))
    for row, file in zip(x, files, strict=True):
        picture = read_picture(file, size, channels, middle)
        if picture.shape != row.shape:
            raise _odd_size(file, picture, files[0], first)
        row[...] = picture
    return x


def read_picture(
    path: Path, size: tuple[int, int] | None, channels: int, middle: float = 1.0
) -> np.ndarray:
    """Return an image file as uint8 (H, W, channels).

    It is rotated by its EXIF orientation. Transparent parts become white; 16 bits are
    scaled to 8.

    Args:
        path: Path of the file.
        size: Size (H, W) for a bicubic resize, or None.
        channels: Number of channels: 1 for gray, 3 for color.
        middle: Share of each side kept by a center crop before the resize.

    Raises:
        DataError: The file is not a complete image of the format of its suffix.
    """

    def convert(image: Image.Image) -> np.ndarray:
        image = _opaque(ImageOps.exif_transpose(image))
        if middle < 1:
            image = image.crop(_middle_of(image, middle))
        return _as_array(image, size, channels)

    return _read(path, convert)


def resized(x: np.ndarray, size: tuple[int, int] | None, channels: int) -> np.ndarray:
    """Return color images, uint8 (n, H, W, 3), resized as `read_pictures` does.

    Raises:
        DataError: There is not enough memory.
    """
    y = _allocate((len(x), *(size or x.shape[1:3]), channels))
    for row, image in zip(y, x, strict=True):
        row[...] = _as_array(Image.fromarray(image), size, channels)
    return y


def _read(path: Path, use: Callable[[Image.Image], Result]) -> Result:
    kind = FORMATS[path.suffix.lower()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if not path.is_file():
                raise OSError("not a regular file")
            with Image.open(path, formats=(kind,)) as image:
                if getattr(image, "n_frames", 1) > 1:
                    raise OSError("more than one frame")
                return use(image)
    # Pillow's readers raise errors of many kinds on damaged files.
    except Exception as error:
        raise DataError(
            f"{path} cannot be read as an image ({error}). Expected one complete "
            f"{kind} image, as its suffix says. Repair, rename or remove the file."
        ) from None


def _as_array(
    image: Image.Image, size: tuple[int, int] | None, channels: int
) -> np.ndarray:
    image = image.convert("L" if channels == 1 else "RGB")
    if size is not None:
        image = image.resize(size[::-1], Image.Resampling.BICUBIC)
    return np.asarray(image).reshape(image.height, image.width, channels)


def _middle_of(image: Image.Image, share: float) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a center crop."""
    left, top = (round(side * (1 - share) / 2) for side in image.size)
    return left, top, image.width - left, image.height - top


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return Image.fromarray(np.round(np.asarray(image) / 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image)
    return image


def _allocate(shape: tuple[int, ...]) -> np.ndarray:
    try:
        return np.empty(shape, np.uint8)
    except MemoryError:
        raise DataError(
            f"Out of memory: {shape[0]:,} images of {shape[1]}x{shape[2]} need "
            f"{np.prod(shape, dtype=float) / 2**30:.1f} GiB. Reduce --image-size, or "
            "save the images as an .npy file, which is memory-mapped."
        ) from None


def _odd_size(
    file: Path, picture: np.ndarray, first_file: Path, first: np.ndarray
) -> DataError:
    (height, width), (h, w) = picture.shape[:2], first.shape[:2]
    return DataError(
        f"{file} is {height}x{width} (height x width), but {first_file.name} is "
        f"{h}x{w}. Expected images of one size. Use --image-size to resize all of them."
    )
