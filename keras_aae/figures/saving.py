"""Writing a figure to a file: whole or not at all, the same bytes every time."""

import io
from pathlib import Path

import numpy as np

from keras_aae.errors import KerasAAEError, RunError
from keras_aae.files import replacing

UNKNOWN = "Unknown figure format"

# Vector files hold images and point clouds as pixels, at a printer's resolution.
FORMATS = {
    ".png": {"dpi": 200, "metadata": {"Software": None}},
    ".svg": {"dpi": 400, "metadata": {"Date": None, "Creator": None}},
    ".pdf": {
        "dpi": 400,
        "metadata": {"CreationDate": None, "Creator": None, "Producer": None},
    },
}


GRAYS = (
    16  # shades of a gray animation, half the bytes of 32 and hardly to be told apart
)


def save(figure, path) -> Path:
    """Write `figure` to `path` in the format its ending names: png, svg or pdf.

    An `Animation` is written as gif, which goes round for ever. The file appears complete
    or not at all, and the same figure gives the same bytes.

    Raises:
        KerasAAEError: the ending names none of the formats, or one of the other kind.
        RunError: the folder is missing or read-only, or the disk is full.
    """
    path = Path(path)
    content = _render(figure, path)
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise RunError(
            f"Cannot write {str(path)!r}: {error.strerror or error}. "
            "Choose an existing folder with room that may be written to."
        ) from error
    return path


def _render(figure, path: Path) -> bytes:
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


def _page(figure, ending: str) -> bytes:
    from keras_aae.figures.style import house_style

    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=ending[1:], **FORMATS[ending])
    return buffer.getvalue()


def _gif(animation) -> bytes:
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


def _paletted(frame: np.ndarray):
    """A frame in at most 256 colors, gray ones in few shades, since a GIF has no more."""
    from PIL import Image

    if frame.shape[-1] == 3:
        return Image.fromarray(frame).quantize(dither=Image.Dither.NONE)
    shades = np.rint(frame[..., 0] / 255 * (GRAYS - 1)).astype("uint8")
    image = Image.fromarray(shades, "P")
    gray = np.rint(np.linspace(0, 255, GRAYS)).astype("uint8")
    image.putpalette(gray.repeat(3).tobytes())
    return image
