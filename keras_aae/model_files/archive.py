"""The archive of a `.keras` file, read once and checked before anything looks inside.

Nothing here, in `model_config` or in `model_weights` imports Keras or runs anything of
the file; what passes all three is what Keras is given.
"""

import errno
import hashlib
import io
import json
import os
import stat
import zipfile
from dataclasses import dataclass
from typing import Any, NoReturn

from keras_aae.errors import ModelFileError

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
MAX_BYTES = {METADATA: 2**16, CONFIG: 2**22, WEIGHTS: 2**31}
# Headers and directory of an archive of three members take about 400 bytes.
MAX_OVERHEAD = 4096
MAX_FILE_BYTES = sum(MAX_BYTES.values()) + MAX_OVERHEAD

REFUSED_ENDINGS = {
    ".h5": "a legacy HDF5 file",
    ".hdf5": "a legacy HDF5 file",
    ".pkl": "a pickle, which can run any program",
    ".pickle": "a pickle, which can run any program",
    ".joblib": "a pickle, which can run any program",
    ".pt": "a PyTorch file",
    ".pth": "a PyTorch file",
    ".pb": "a part of a SavedModel",
    ".npz": "an archive of arrays",
}
REFUSED_STARTS = {
    b"\x89HDF\r\n\x1a\n": "an HDF5 file under another name",
    b"\x80": "a pickle under another name",
}
ADVICE = "Expected a .keras file that keras_aae or Keras 3 saved."


@dataclass(frozen=True)
class Archive:
    """The content of a `.keras` file."""

    metadata: dict[str, Any]
    config: dict[str, Any]
    weights: bytes


def read_file(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a regular local file that ends in `.keras`.

    Raises:
        ModelFileError: it is anything else; the message says what.
    """
    name = check_file_name(path)
    try:
        # One descriptor for all checks and the reading: the file cannot be exchanged in
        # between.
        descriptor = _open(name)
        with open(descriptor, "rb") as file:
            _check_status(name, os.fstat(descriptor))
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ModelFileError(_not_opened(name, error)) from error
    if len(content) > MAX_FILE_BYTES:
        raise ModelFileError(_too_large(name))
    return content


def _open(name: str) -> int:
    """Open a file without following a link or waiting for a pipe.

    Windows cannot do that, and has to be asked for bytes as they are.
    """
    if not hasattr(os, "O_NOFOLLOW") and os.path.islink(name):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    return os.open(name, flags)


def check_file_name(path: str | os.PathLike[str]) -> str:
    """The path as text, if it names a local `.keras` file.

    Raises:
        ModelFileError: it is a URL or has another ending.
    """
    name = os.fspath(path)
    if not isinstance(name, str) or "\0" in name:
        raise ModelFileError(f"Invalid path {path!r}. {ADVICE}")
    if "://" in name or name.startswith("hf:/"):
        raise ModelFileError(
            f"{name!r} is a URL, and only local files are loaded. Download it, make sure "
            "that it comes from someone you trust, and give the path."
        )
    if name.endswith(".keras"):
        return name
    what = REFUSED_ENDINGS.get(os.path.splitext(name)[1].lower())
    if os.path.isdir(name):
        what = "a folder (SavedModel, Orbax or other)"
    reason = f"is {what}" if what else "does not end in .keras"
    raise ModelFileError(f"{name!r} {reason} and is not loaded. {ADVICE}")


def _check_status(name: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ModelFileError(f"{name!r} is a folder and is not loaded. {ADVICE}")
    if not stat.S_ISREG(status.st_mode):
        raise ModelFileError(f"{name!r} is a pipe or a device, not a file. {ADVICE}")
    if status.st_size > MAX_FILE_BYTES:
        raise ModelFileError(_too_large(name))


def _not_opened(name: str, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return (
            f"{name!r} is a symbolic link, which is not followed. Give the path of the "
            "file itself."
        )
    if error.errno == errno.ENOENT:
        return f"There is no model file {name!r}. {ADVICE}"
    return f"Cannot read the model file {name!r}: {error.strerror}."


def _too_large(name: str) -> str:
    return f"{name!r} is larger than {MAX_FILE_BYTES:,} bytes and is not loaded."


def read_archive(content: bytes) -> Archive:
    """The three members of a `.keras` file's content.

    Raises:
        ModelFileError: it is damaged, or not exactly what Keras writes.
    """
    for start, what in REFUSED_STARTS.items():
        if content.startswith(start):
            raise ModelFileError(f"The file is {what} and is not loaded. {ADVICE}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive.infolist(), len(content))
            # Reading to the end checks the CRC.
            members = {name: archive.read(name) for name in MAX_BYTES}
    # The module raises many kinds of errors for damaged archives.
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(
            f"The model file is damaged or cut short ({_short(error)}). Copy it again "
            "from where it was made, or use another checkpoint."
        ) from error
    return Archive(
        metadata=parse_json(METADATA, members[METADATA]),
        config=parse_json(CONFIG, members[CONFIG]),
        weights=members[WEIGHTS],
    )


def _check_members(members: list[zipfile.ZipInfo], file_size: int) -> None:
    names = [member.filename for member in members]
    if sorted(names) != sorted(MAX_BYTES):
        raise ModelFileError(
            f"The model file holds {', '.join(map(repr, names[:8]))}. Expected exactly "
            f"{', '.join(MAX_BYTES)}, each once, and nothing else."
        )
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
            raise ModelFileError(
                f"{member.filename} of the model file is compressed or encrypted. Keras "
                "stores it is; save the model again with Keras."
            )
        if member.file_size > MAX_BYTES[member.filename]:
            raise ModelFileError(
                f"{member.filename} of the model file has {member.file_size:,} bytes. "
                f"Expected at most {MAX_BYTES[member.filename]:,}."
            )
    hidden = file_size - sum(member.file_size for member in members)
    if not 0 <= hidden <= MAX_OVERHEAD:
        raise ModelFileError(
            f"The members of the model file do not add up to its size of {file_size:,} "
            "bytes. It was not written by Keras and is not loaded."
        )


def parse_json(name: str, content: bytes) -> dict[str, Any]:
    """A member of the archive as a JSON object.

    Raises:
        ModelFileError: it is not one, or is ambiguous or nested without end.
    """
    try:
        value = json.loads(
            content.decode(), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{name} of the model file cannot be read ({_short(error)}). Save the model "
            "again."
        ) from error
    if not isinstance(value, dict):
        raise ModelFileError(f"{name} of the model file is not a JSON object.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return value


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a finite number")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def sha256_of_bytes(content: bytes) -> str:
    """SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()
