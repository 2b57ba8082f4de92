"""Many images to codes and back, block by block, and to be gone on with."""

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

    In memory is a block of images at a time. What is done is kept in OUTPUT.partial, from
    where the same call goes on.

    Args:
        model: With `encode`.
        stream: Of `bulk.streams`.
        output: The file, .csv or .npz; see `write_codes`.
        on_progress: Is told how many images are done.

    Returns:
        The file.

    Raises:
        UnsupportedError: the model cannot encode.
        RunError: the file is there already, or half done from something else.
        DataError: an image cannot be read, or the file has another ending.
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

    As in `encode_images`, what is done is kept in OUTPUT.partial.

    Args:
        model: With `decode`; one that is told the class finds its number in the labels.
        codes: Of `open_codes`.
        output: A new folder, of a PNG file for each code, named by its id; or an .npy
            file, float32 (n, H, W, C).
        on_progress: Is told how many images are done.

    Returns:
        The folder, or the file.

    Raises:
        UnsupportedError: the model cannot decode.
        RunError: the output is there already, or half done from something else.
        DataError: a code is none of the model's, or an id no name for a file.
    """
    output = Path(output).expanduser()
    require(model, Decodes, HasLatentDim, by="Decoding")
    if codes.width != model.latent_dim:
        raise DataError(
            f"{codes.path} holds codes of {codes.width} numbers, and the model's have "
            f"{model.latent_dim}. Encode the images by this model."
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
    """SHA-256 of all weights of a model."""
    digest = hashlib.sha256()
    for array in model.get_weights():
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _blocks(stream: Stream, start: int) -> Iterator[np.ndarray]:
    """Blocks of images; the next is read while one is worked on."""
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
        raise DataError(f"{codes.path} holds numbers that are not finite. Remove them.")
    if not supports(model, DecodesClasses):
        return model.decode(z)
    try:
        numbers = np.array([int(label) for label in labels or [""] * len(z)])
    except ValueError as error:
        raise DataError(
            f"The decoder is told the class, and {codes.path} does not say its number "
            f"({error}). Expected a column `label` of numbers from 0."
        ) from None
    return model.decode(z, numbers)


def _file_name(codes: Codes, name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.name or "\0" in name:
        raise DataError(
            f"{codes.path} has the id {name!r}, which is no name for a file. Give it "
            "another, or write an .npy file."
        )
    return name if path.suffix.lower() == ".png" else f"{name}.png"


class _Partial:
    """A folder beside an output with what is done of it, and from what it is made."""

    def __init__(self, path: Path):
        self.path = path
        counted = read_json(path / "done.json")
        self.done = counted["done"] if counted else 0

    @classmethod
    @contextmanager
    def of(cls, output: Path, origin: dict[str, Any]) -> Iterator["_Partial"]:
        """Begin or go on; the folder is removed if the block succeeds.

        Raises:
            RunError: the output is there, or the folder is of another origin, or in use,
                or cannot be written.
        """
        if output.exists():
            raise RunError(
                f"{str(output)!r} exists and is not overwritten. Choose another name, or "
                "remove it."
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
                f"Cannot write {str(output)!r}: {error.strerror}. What is done is kept in "
                f"{str(path)!r}; the same command goes on."
            ) from error

    def begin(self, origin: dict[str, Any]) -> None:
        """Go on with what is there, or forget it if none of it is done.

        Raises:
            RunError: it is of another origin.
        """
        before = read_json(self.path / "origin.json")
        if self.done and before != origin:
            raise RunError(
                f"{str(self.path)!r} is half done from another model or other data. "
                "Remove it to begin anew, or choose another name."
            )
        if not self.done:
            shutil.rmtree(self.path / "images", ignore_errors=True)
        write_json(self.path / "origin.json", origin)

    @contextmanager
    def appending(self, raw: Path, row_bytes: int) -> Iterator[BinaryIO]:
        """The file of rows, cut to those that are done."""
        raw.touch()
        with open(raw, "rb+") as file:
            self.done = min(self.done, file.seek(0, os.SEEK_END) // row_bytes)
            file.truncate(self.done * row_bytes)
            file.seek(0, os.SEEK_END)
            yield file

    def mark(self, done: int, file: BinaryIO | None = None) -> None:
        """Note how many rows are done, once they are on disk."""
        if file is not None:
            file.flush()
            os.fsync(file.fileno())
        write_json(self.path / "done.json", {"done": done})
        self.done = done
