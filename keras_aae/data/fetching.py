"""Search for and download of the files of named data sets."""

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
    """Error raised if a data set is not on disk and cannot be downloaded."""


def find_or_download(
    name: str, origin: str, sha256: str, data_dir: str | Path | None = None
) -> Path:
    """Return the path of a data file, downloading it if necessary.

    Searches `data_dir`, the folder named by KERAS_AAE_DATA and Keras' cache, in this
    order. If the file is in none of them, it is downloaded into the cache.

    Args:
        name: Name of the file, with its sub-folder if any.
        origin: URL to download it from.
        sha256: Checksum of the download. The caller checks files found on disk.
        data_dir: Folder to search first.

    Raises:
        DataNotFoundError: The file is not found and cannot be downloaded.
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
    """Return the path of a data file in the first folder that holds it, or None."""
    paths = (folder / name for folder in folders)
    return next((path for path in paths if os.path.exists(path)), None)


def not_found(
    name: str, folders: Sequence[Path], error: Exception
) -> DataNotFoundError:
    """Return the error for a data file that is neither found nor downloaded."""
    return DataNotFoundError(
        f"{name} was not found in {', '.join(map(str, folders))} and could not be "
        f"downloaded ({error}). Name the folder that holds it with --data-dir or "
        "KERAS_AAE_DATA, or use --dataset digits, which needs no download."
    )


def search_folders(data_dir: str | Path | None = None) -> list[Path]:
    """Return the folders to search, in order."""
    named = (data_dir, os.environ.get("KERAS_AAE_DATA"))
    return [*(as_path(folder) for folder in named if folder), cache_folder()]


def cache_folder() -> Path:
    """Return the folder where Keras caches data sets."""
    return as_path(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets"


def as_path(folder: str | Path) -> Path:
    """Return the path of a folder, with `~` expanded to the home folder."""
    return Path(os.path.expanduser(folder))


def check_sha256(path: Path, sha256: str) -> None:
    """Check a file against its checksum.

    Raises:
        DataError: The file is unreadable, or has another checksum.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error}). Check its permissions, or replace it."
        ) from None
    if found != sha256:
        raise DataError(
            f"{path} is damaged or another file: its SHA-256 begins with {found[:12]}. "
            f"Expected {sha256[:12]}. Delete it, or replace it with a complete copy."
        )


def _download(target: Path, origin: str, sha256: str) -> Path:
    import keras  # slow import, and a download is rare

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
    """Set a timeout for network connections opened in the block."""
    # get_file has no timeout of its own, and could block forever.
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
