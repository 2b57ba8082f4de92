"""Writing a figure to a file: whole or not at all, the same bytes every time."""

import io
from pathlib import Path

from keras_aae.errors import KerasAAEError, RunError
from keras_aae.runs.files import replacing

# Vector files hold images and point clouds as pixels, at a printer's resolution.
FORMATS = {
    ".png": {"dpi": 200, "metadata": {"Software": None}},
    ".svg": {"dpi": 400, "metadata": {"Date": None, "Creator": None}},
    ".pdf": {
        "dpi": 400,
        "metadata": {"CreationDate": None, "Creator": None, "Producer": None},
    },
}


def save(figure, path) -> Path:
    """Write `figure` to `path` in the format its ending names: png, svg or pdf.

    The file appears complete or not at all, and the same figure gives the same bytes.

    Raises:
        KerasAAEError: the ending names none of the formats.
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
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise KerasAAEError(
            f"Unknown figure format {path.name!r}. "
            f"Expected a name ending in {', '.join(FORMATS)}."
        )
    from keras_aae.figures.style import house_style

    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=ending[1:], **FORMATS[ending])
    return buffer.getvalue()
