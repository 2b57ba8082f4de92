"""Atomic and reproducible writing of figures to files."""

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_aae.errors import KerasAAEError, RunError
from keras_aae.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image

    from keras_aae.figures.animation import Animation

UNKNOWN = "Unknown figure format"

# Vector files hold images and point clouds as pixels at print resolution (dpi).
FORMATS = {
    ".png": {"dpi": 200, "metadata": {"Software": None}},
    ".svg": {"dpi": 400, "metadata": {"Date": None, "Creator": None}},
    ".pdf": {
        "dpi": 400,
        "metadata": {"CreationDate": None, "Creator": None, "Producer": None},
    },
}


GRAYS = 16  # shades of a gray animation; half the bytes of 32, and looks the same


def save(figure: "Figure | Animation", path: str | os.PathLike[str]) -> Path:
    """Write a figure to a file in the format of its extension: png, svg or pdf.

    An `Animation` is written as a gif that loops forever. The file is written
    atomically, and the same figure gives the same bytes.

    Args:
        figure: Figure or animation to write.
        path: Path of the file.

    Raises:
        KerasAAEError: The extension does not name a format of the figure.
        RunError: The folder is missing or read-only, or the disk is full.
    """
    path = Path(path)
    content = _render(figure, path)
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise RunError(
            f"Cannot write {str(path)!r}: {error.strerror or error}. "
            "Choose an existing, writable folder on a disk with free space."
        ) from error
    return path


def _render(figure: "Figure | Animation", path: Path) -> bytes:
    from keras_aae.figures.animation import Animation

    ending = path.suffix.lower()
    if isinstance(figure, Animation):
        if ending != ".gif":
            raise KerasAAEError(
                f"An animation cannot be written as {path.name!r}. "
                "Expected a name ending in .gif."
            )
        return _gif(figure)
    if ending not in FORMATS:
        what = "A still figure cannot be written as" if ending == ".gif" else UNKNOWN
        raise KerasAAEError(
            f"{what} {path.name!r}. Expected a name ending in {', '.join(FORMATS)}."
        )
    return _page(figure, ending)


def _page(figure: "Figure", ending: str) -> bytes:
    from keras_aae.figures.style import house_style

    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=ending[1:], **FORMATS[ending])
    return buffer.getvalue()


def _gif(animation: "Animation") -> bytes:
    images = [_paletted(frame) for frame in animation.frames]
    buffer = io.BytesIO()
    images[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=round(1000 * animation.seconds_per_frame),
        loop=0,
    )
    return buffer.getvalue()


def _paletted(frame: np.ndarray) -> "Image.Image":
    """Return a frame in the at most 256 colors of a GIF, gray ones in fewer shades."""
    from PIL import Image

    if frame.shape[-1] == 3:
        return Image.fromarray(frame).quantize(dither=Image.Dither.NONE)
    shades = np.rint(frame[..., 0] / 255 * (GRAYS - 1)).astype("uint8")
    image = Image.fromarray(shades, "P")
    gray = np.rint(np.linspace(0, 255, GRAYS)).astype("uint8")
    image.putpalette(gray.repeat(3).tobytes())
    return image
