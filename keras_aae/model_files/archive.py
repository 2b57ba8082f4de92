"""Archive of a `.keras` file, read once and checked before its content is used.

This module, `config` and `weights` do not import Keras and run nothing from the file.
Keras gets only what passes the checks of all three.
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
# The headers and directory of an archive with three members take about 400 bytes.
MAX_OVERHEAD = 4096
MAX_FILE_BYTES = sum(MAX_BYTES.values()) + MAX_OVERHEAD

REFUSED_ENDINGS = {
    ".h5": "a legacy HDF5 file",
    ".hdf5": "a legacy HDF5 file",
    ".pkl": "a pickle, which can run any code",
    ".pickle": "a pickle, which can run any code",
    ".joblib": "a pickle, which can run any code",
    ".pt": "a PyTorch file",
    ".pth": "a PyTorch file",
    ".pb": "a part of a SavedModel",
    ".npz": "an archive of arrays",
}
REFUSED_STARTS = {
    b"\x89HDF\r\n\x1a\n": "an HDF5 file under another name",
    b"\x80": "a pickle under another name",
}
ADVICE = "Expected a .keras file saved by keras_aae or Keras 3."


@dataclass(frozen=True)
class Archive:
    """The content of a `.keras` file."""

    metadata: dict[str, Any]
    config: dict[str, Any]
    weights: bytes


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a regular local file that ends in `.keras`.

    Raises:
        ModelFileError: the file is missing, too large or of another kind.
    """
    name = check_file_name(path)
    try:
        # One descriptor for checks and reading: nobody can swap the file in between.
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

    Windows has no flags for this, and needs one for binary mode.
    """
    if not hasattr(os, "O_NOFOLLOW") and os.path.islink(name):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    return os.open(name, flags)


def check_file_name(path: str | os.PathLike[str]) -> str:
    """Return the path as text if it is a local path that ends in `.keras`.

    Raises:
        ModelFileError: the path is a URL or has another suffix.
    """
    name = os.fspath(path)
    if not isinstance(name, str) or "\0" in name:
        raise ModelFileError(f"Invalid path {path!r}. {ADVICE}")
    if "://" in name or name.startswith("hf:/"):
        raise ModelFileError(
            f"{name!r} is a URL. Expected a local file. Download it from a source that "
            "you trust, and give its path."
        )
    if name.endswith(".keras"):
        return name
    what = REFUSED_ENDINGS.get(os.path.splitext(name)[1].lower())
    if os.path.isdir(name):
        what = "a folder (SavedModel, Orbax or other)"
    reason = f"is {what}" if what else "does not end in .keras"
    raise ModelFileError(f"{name!r} {reason}. {ADVICE}")


def _check_status(name: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ModelFileError(f"{name!r} is a folder. {ADVICE}")
    if not stat.S_ISREG(status.st_mode):
        raise ModelFileError(f"{name!r} is a pipe or a device, not a file. {ADVICE}")
    if status.st_size > MAX_FILE_BYTES:
        raise ModelFileError(_too_large(name))


def _not_opened(name: str, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return (
            f"{name!r} is a symbolic link. Expected a regular file. Give the path of "
            "the file itself."
        )
    if error.errno == errno.ENOENT:
        return f"There is no model file {name!r}. {ADVICE}"
    return f"Cannot read the model file {name!r}: {error.strerror}."


def _too_large(name: str) -> str:
    return f"{name!r} is too large. Expected at most {MAX_FILE_BYTES:,} bytes."


def read_archive(content: bytes) -> Archive:
    """Parse the three members of the content of a `.keras` file.

    Raises:
        ModelFileError: the content is damaged, or differs from what Keras writes.
    """
    for start, what in REFUSED_STARTS.items():
        if content.startswith(start):
            raise ModelFileError(f"The file is {what}. {ADVICE}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive.infolist(), len(content))
            # Reading a member to its end checks its CRC.
            members = {name: archive.read(name) for name in MAX_BYTES}
    # For damaged archives, zipfile raises many kinds of errors.
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(
            f"The model file is damaged or cut short ({_short(error)}). Copy it again "
            "from its source, or use another checkpoint."
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
            f"The model file contains {', '.join(map(repr, names[:8]))}. Expected "
            f"exactly {', '.join(MAX_BYTES)}, each once."
        )
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
            raise ModelFileError(
                f"{member.filename} of the model file is compressed or encrypted. "
                "Expected it uncompressed; save the model again with Keras."
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
            "bytes. Expected a file written by Keras; save the model again."
        )


def parse_json(name: str, content: bytes) -> dict[str, Any]:
    """Parse a member of the archive as a JSON object.

    Raises:
        ModelFileError: the text is not a JSON object, has duplicate keys or is nested
            too deeply.
    """
    try:
        value = json.loads(
            content.decode(), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"Cannot read {name} of the model file ({_short(error)}). Save the model "
            "again."
        ) from error
    if not isinstance(value, dict):
        raise ModelFileError(
            f"Invalid {name} of the model file. Expected a JSON object."
        )
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("an object has a duplicate key")
    return value


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a finite number")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def sha256_of_bytes(content: bytes) -> str:
    """Return the SHA-256 digest of the content of a file."""
    return hashlib.sha256(content).hexdigest()
