"""Where the files of named data sets are looked for, and how they are downloaded."""

import contextlib
import hashlib
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from keras_aae.errors import DataError

TIMEOUT_SECONDS = 10


class DataNotFoundError(DataError):
    """A data set is neither on disk nor to be had from the network."""


def find_or_download(
    name: str, origin: str, sha256: str, data_dir: str | Path | None = None
) -> Path:
    """Return the path of a data file.

    It is looked for in `data_dir`, in the folder named by KERAS_AAE_DATA and in Keras'
    cache, in this order, and downloaded into the cache where it is in none of them.

    Args:
        name: file name, with its sub-folder if it has one.
        origin: where to download it from.
        sha256: checksum of a download. Files already there are for the caller to check.
        data_dir: folder to look in first.

    Raises:
        DataNotFoundError: it is nowhere and cannot be downloaded.
    """
    folders = search_folders(data_dir)
    found = find(name, folders)
    if found is not None:
        return found
    try:
        return _download(cache_folder() / name, origin, sha256)
    except OSError as error:
        raise not_found(name, folders, error) from None


def find(name: str, folders: Sequence[Path]) -> Path | None:
    """Return the path of a data file or folder in the first folder that holds it."""
    paths = (folder / name for folder in folders)
    return next((path for path in paths if os.path.exists(path)), None)


def not_found(
    name: str, folders: Sequence[Path], error: Exception
) -> DataNotFoundError:
    """Return the error that no folder holds a data file and why there is no download."""
    return DataNotFoundError(
        f"{name} was not found in {', '.join(map(str, folders))} and could not be "
        f"downloaded ({error}). Name a folder that holds it with --data-dir or "
        "KERAS_AAE_DATA, or use --dataset digits, which needs no download."
    )


def search_folders(data_dir: str | Path | None = None) -> list[Path]:
    """Return the folders to look in, first to last."""
    named = (data_dir, os.environ.get("KERAS_AAE_DATA"))
    return [*(as_path(folder) for folder in named if folder), cache_folder()]


def cache_folder() -> Path:
    """Return the folder where Keras keeps data sets."""
    return as_path(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets"


def as_path(folder: str | Path) -> Path:
    """Return the path of a folder that a user named, `~` being their home."""
    return Path(os.path.expanduser(folder))


def check_sha256(path: Path, sha256: str) -> None:
    """Check a file against its checksum.

    Raises:
        DataError: it is unreadable or another file.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error}).") from None
    if found != sha256:
        raise DataError(
            f"{path} is damaged or another file: its SHA-256 begins with {found[:12]}, "
            f"expected {sha256[:12]}. Delete it, or replace it by a whole copy."
        )


def _download(target: Path, origin: str, sha256: str) -> Path:
    import keras  # takes seconds, and a download is rare

    target.parent.mkdir(parents=True, exist_ok=True)
    # get_file writes in place; only a complete and checked file may get the final name.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".download-") as folder:
        try:
            with network_timeout(), contextlib.redirect_stdout(sys.stderr):
                path = keras.utils.get_file(
                    target.name,
                    origin,
                    file_hash=sha256,
                    cache_dir=folder,
                    cache_subdir="",
                )
        except Exception as error:
            # Keras raises bare exceptions for network failures and wrong checksums.
            raise OSError(str(error).strip()) from None
        os.replace(path, target)
    return target


@contextlib.contextmanager
def network_timeout() -> Iterator[None]:
    """Give up waiting for a silent network after some seconds."""
    # get_file takes no timeout; without one it blocks for ever.
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
