"""One image file to one array: grey or colour, upright, 8 bits, resized."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from keras_aae.errors import DataError

# The ending decides which of Pillow's many readers may look at a file.
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP"}
ENDINGS = tuple(FORMATS)
GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L")


def has_colour(path: Path) -> bool:
    """Return whether an image file has colours, by its header: grey stored as RGB has.

    Raises:
        DataError: the file is not a whole image of the kind its ending says.
    """
    return _read(path, lambda image: image.mode not in GREY_MODES)


def read_picture(path: Path, size: tuple[int, int] | None, channels: int) -> np.ndarray:
    """Return an image file as uint8 (H, W, channels).

    It is turned as its EXIF orientation says; transparent parts become white; 16 bits are
    scaled to 8.

    Args:
        path: the file.
        size: (H, W) for a bicubic resize, or None.
        channels: 1 for grey, 3 for colour.

    Raises:
        DataError: the file is not a whole image of the kind its ending says.
    """

    def convert(image: Image.Image) -> np.ndarray:
        image = _opaque(ImageOps.exif_transpose(image))
        image = image.convert("L" if channels == 1 else "RGB")
        if size is not None:
            image = image.resize(size[::-1], Image.Resampling.BICUBIC)
        return np.asarray(image).reshape(image.height, image.width, channels)

    return _read(path, convert)


def _read(path: Path, use):
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
    # Pillow's readers raise errors of nearly every kind on damaged files.
    except Exception as error:
        raise DataError(
            f"{path} cannot be read as an image ({error}); expected one complete {kind} "
            "image, as its ending says. Repair, rename or remove the file."
        ) from None


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return Image.fromarray(np.round(np.asarray(image) / 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image)
    return image
