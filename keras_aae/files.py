"""Atomic file writes that survive a crash, JSON files, locks and checksums."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from keras_aae.errors import RunError

# .NAME-PROCESS.tmp.ENDING
TEMPORARY = re.compile(r"\..+-(\d+)\.tmp(?:\..+)?", re.DOTALL)

# A list of numbers over several lines.
NUMBERS = re.compile(r"\[\s+([-+.,\deE\s]+?)\s+\]")


def sync_folder(path: Path) -> None:
    """Flush the renames in a folder to disk; does nothing on Windows."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Flush the content of a file to disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path that replaces `path` if the block succeeds.

    The temporary name keeps the suffix, because some writers choose the format by it.
    `sweep` removes temporary files of killed processes.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}-{os.getpid()}.tmp{path.suffix}")
    try:
        yield temporary
        sync_file(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the temporary files that killed processes left in a folder."""
    for path in folder.iterdir():
        temporary = TEMPORARY.fullmatch(path.name)
        if temporary and not _runs(int(temporary[1])):
            path.unlink(missing_ok=True)


def is_temporary(path: Path) -> bool:
    """Return whether a file has the name of a temporary file of `replacing`."""
    return bool(TEMPORARY.fullmatch(path.name))


def _runs(process: int) -> bool:
    # On Windows any signal ends the process: what may be in use is left alone.
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def write_text(path: Path, text: str) -> None:
    """Replace a file's text."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Replace a file with a value as readable JSON."""
    write_text(path, json_text(value))


def json_text(value: Any) -> str:
    """Return a value as readable JSON, with each list of numbers on one line."""
    text = json.dumps(value, indent=2) + "\n"
    return NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text)


def read_json(path: Path) -> Any:
    """Return the value in a JSON file, or None if it is missing or unreadable."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def file_lock(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file; the kernel releases it whenever the process ends.

    Args:
        path: Path of the lock file, created if it is missing.
        what: Description of the locked object, for messages.

    Raises:
        RunError: another process holds the lock, or the file cannot be written.
    """
    # Imported here because reading runs does not need it.
    from filelock import lock_descriptor

    try:
        file = open(path, "a+")
    except OSError as error:
        raise RunError(
            f"Cannot write to {what}: {reason(error)}. Make it writable, or choose "
            "another folder."
        ) from error
    with file:
        try:
            locked = lock_descriptor(file.fileno(), blocking=False)
        except OSError as error:
            raise RunError(
                f"Cannot lock {what}: {reason(error)}. Choose a folder on a file "
                "system that supports locks."
            ) from error
        if not locked:
            raise RunError(
                f"{what[0].upper()}{what[1:]} is in use by process {_holder(file)}. "
                "Wait for it to end, or stop it."
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _holder(file: TextIO) -> str:
    """Return the process ID in a lock file, which cannot be read on Windows."""
    try:
        file.seek(0)
        return file.read().strip() or "unknown"
    except OSError:
        return "unknown"


def reason(error: OSError) -> str:
    """Return the reason of a failure, also if the error has no system message."""
    return error.strerror or str(error)


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
