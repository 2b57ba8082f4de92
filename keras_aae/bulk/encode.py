"""Resumable block-wise encoding and decoding."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image

from keras_aae.abilities import (
    Decodes,
    DecodesClasses,
    Encodes,
    HasLatentDim,
    require,
    supports,
)
from keras_aae.bulk.code_files import Codes, check_ending, write_codes
from keras_aae.bulk.streams import Stream
from keras_aae.errors import DataError, RunError
from keras_aae.files import file_lock, read_json, replacing, write_json

if TYPE_CHECKING:
    from keras_aae.engine import PhasedModel

BLOCK_BYTES = 1 << 25
MOST_ROWS = 8192


def encode_images(
    model: "PhasedModel",
    stream: Stream,
    output: str | Path,
    on_progress: Callable[[int], object] = lambda rows: None,
) -> Path:
    """Write the codes of all images of a stream, with their ids and labels.

    Only one block of images is in memory at a time. Progress is kept in OUTPUT.partial;
    repeating the same call resumes it.

    Args:
        model: Model with `encode`.
        stream: Stream of images, see `bulk.streams`.
        output: Path of the file, .csv or .npz; see `write_codes`.
        on_progress: Function called with the number of images done.

    Returns:
        Path of the file.

    Raises:
        UnsupportedError: The model cannot encode.
        RunError: The file exists, or was begun with another model or other data.
        DataError: An image cannot be read, or the file has another suffix.
    """
    output = check_ending(Path(output).expanduser())
    require(model, Encodes, by="Encoding")
    width = model.encode(stream.read(0, 1)).shape[1]
    origin = {"model": fingerprint(model), "images": stream.fingerprint()}
    with _Partial.of(output, origin) as partial:
        raw = partial.path / "codes.raw"
        with partial.appending(raw, 4 * width) as file:
            on_progress(partial.done)
            for x in _blocks(stream, partial.done):
                file.write(model.encode(x).astype("<f4").tobytes())
                partial.mark(partial.done + len(x), file)
                on_progress(partial.done)
        codes = np.memmap(raw, "<f4", "r", shape=(partial.done, width))
        with replacing(output) as temporary:
            write_codes(temporary, codes, stream)
    return output


def decode_codes(
    model: "PhasedModel",
    codes: Codes,
    output: str | Path,
    on_progress: Callable[[int], object] = lambda rows: None,
) -> Path:
    """Write the images of all codes of a file.

    As in `encode_images`, progress is kept in OUTPUT.partial and can be resumed.

    Args:
        model: Model with `decode`. If it is conditioned on a class, labels must be
            class numbers.
        codes: Codes from `open_codes`.
        output: Path of a new folder, for one PNG file per code, named by its id; or of
            an .npy file, float32 (n, H, W, C).
        on_progress: Function called with the number of images done.

    Returns:
        Path of the folder or file.

    Raises:
        UnsupportedError: The model cannot decode.
        RunError: The output exists, or was begun with another model or other codes.
        DataError: The codes do not fit the model, or an id is not a valid file name.
    """
    output = Path(output).expanduser()
    require(model, Decodes, HasLatentDim, by="Decoding")
    if codes.width != model.latent_dim:
        raise DataError(
            f"{codes.path} holds codes with {codes.width} dimensions. Expected "
            f"{model.latent_dim}, as in the model. Encode the images with this model."
        )
    stat = codes.path.stat()
    origin = {
        "model": fingerprint(model),
        "codes": [str(codes.path.resolve()), stat.st_size, stat.st_mtime_ns],
    }
    write = _write_array if output.suffix.lower() == ".npy" else _write_pictures
    with _Partial.of(output, origin) as partial:
        made = write(model, codes, partial, on_progress)
        output.parent.mkdir(parents=True, exist_ok=True)
        made.rename(output)
    return output


def fingerprint(model: "PhasedModel") -> str:
    """Compute the SHA-256 of all weights of a model."""
    digest = hashlib.sha256()
    for array in model.get_weights():
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _blocks(stream: Stream, start: int) -> Iterator[np.ndarray]:
    """Yield blocks of images; the next one is read in the background."""
    total = len(stream)
    if start >= total:
        return
    rows = _rows_in_block(stream.read(0, 1))
    with ThreadPoolExecutor(1) as reader:
        ahead = reader.submit(stream.read, start, start + rows)
        for place in range(start, total, rows):
            x = ahead.result()
            if place + rows < total:
                ahead = reader.submit(stream.read, place + rows, place + 2 * rows)
            yield x


def _rows_in_block(x: np.ndarray) -> int:
    return max(1, min(MOST_ROWS, BLOCK_BYTES // max(1, x.nbytes)))


def _write_pictures(
    model: "PhasedModel",
    codes: Codes,
    partial: "_Partial",
    on_progress: Callable[[int], object],
) -> Path:
    folder = partial.path / "images"
    folder.mkdir(exist_ok=True)
    on_progress(partial.done)
    for ids, labels, z in codes.rows(partial.done):
        for name, image in zip(ids, _decode(model, codes, z, labels), strict=True):
            path = folder / _file_name(codes, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.round(255 * image).astype(np.uint8)
            Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(
                path
            )
        partial.mark(partial.done + len(z))
        on_progress(partial.done)
    return folder


def _write_array(
    model: "PhasedModel",
    codes: Codes,
    partial: "_Partial",
    on_progress: Callable[[int], object],
) -> Path:
    path, shape = partial.path / "images.npy", (codes.count, *model.image_shape)
    mode = "r+" if path.exists() and partial.done else "w+"
    on_progress(partial.done)
    for _, labels, z in codes.rows(partial.done):
        images = np.lib.format.open_memmap(path, mode, np.float32, shape)
        images[partial.done : partial.done + len(z)] = _decode(model, codes, z, labels)
        images.flush()
        mode = "r+"
        partial.mark(partial.done + len(z))
        on_progress(partial.done)
    return path


def _decode(
    model: "PhasedModel", codes: Codes, z: np.ndarray, labels: list[str] | None
) -> np.ndarray:
    if not np.isfinite(z).all():
        raise DataError(
            f"{codes.path} holds values that are not finite. Expected finite numbers. "
            "Remove these rows."
        )
    if not supports(model, DecodesClasses):
        return model.decode(z)
    try:
        numbers = np.array([int(label) for label in labels or [""] * len(z)])
    except ValueError as error:
        raise DataError(
            f"{codes.path} has no class numbers ({error}), but the decoder is "
            "conditioned on a class. Expected a column `label` of class numbers from "
            "0. Add it."
        ) from None
    return model.decode(z, numbers)


def _file_name(codes: Codes, name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.name or "\0" in name:
        raise DataError(
            f"{codes.path} has the id {name!r}, which is not a valid file name. Change "
            "it, or write an .npy file."
        )
    return name if path.suffix.lower() == ".png" else f"{name}.png"


class _Partial:
    """Folder beside an output with the rows done so far and their origin."""

    def __init__(self, path: Path):
        self.path = path
        counted = read_json(path / "done.json")
        self.done = counted["done"] if counted else 0

    @classmethod
    @contextmanager
    def of(cls, output: Path, origin: dict[str, Any]) -> Iterator["_Partial"]:
        """Begin or resume; the folder is removed if the block succeeds.

        Raises:
            RunError: The output exists, or the folder has another origin, is in use, or
                cannot be written.
        """
        if output.exists():
            raise RunError(
                f"{str(output)!r} already exists and is not overwritten. Choose "
                "another name, or remove it."
            )
        path = output.with_name(output.name + ".partial")
        try:
            path.mkdir(parents=True, exist_ok=True)
            with file_lock(path / "lock", f"{str(path)!r}"):
                partial = cls(path)
                partial.begin(origin)
                yield partial
                shutil.rmtree(path)
        except OSError as error:
            raise RunError(
                f"Cannot write {str(output)!r}: {error.strerror}. Progress is kept in "
                f"{str(path)!r}. Fix the cause and rerun the command to resume."
            ) from error

    def begin(self, origin: dict[str, Any]) -> None:
        """Resume the rows already done, or start over if there are none.

        Raises:
            RunError: They have another origin.
        """
        before = read_json(self.path / "origin.json")
        if self.done and before != origin:
            raise RunError(
                f"{str(self.path)!r} was begun with another model or other data. "
                "Remove it to start over, or choose another name."
            )
        if not self.done:
            shutil.rmtree(self.path / "images", ignore_errors=True)
        write_json(self.path / "origin.json", origin)

    @contextmanager
    def appending(self, raw: Path, row_bytes: int) -> Iterator[BinaryIO]:
        """Open the file of rows, truncated to those that are done."""
        raw.touch()
        with open(raw, "rb+") as file:
            self.done = min(self.done, file.seek(0, os.SEEK_END) // row_bytes)
            file.truncate(self.done * row_bytes)
            file.seek(0, os.SEEK_END)
            yield file

    def mark(self, done: int, file: BinaryIO | None = None) -> None:
        """Record the number of rows done, once they are on disk."""
        if file is not None:
            file.flush()
            os.fsync(file.fileno())
        write_json(self.path / "done.json", {"done": done})
        self.done = done
