"""Files of codes with ids and labels, CSV and NPZ, written and read in blocks."""

import csv
import itertools
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_aae.bulk.streams import Stream
from keras_aae.data.npz import map_array, read_arrays
from keras_aae.errors import DataError

ENDINGS = (".csv", ".npz")
# Ids, labels or None, and codes, block by block.
Blocks = Iterator[tuple[list[str], list[str] | None, np.ndarray]]
ROWS = 4096  # per block


def check_ending(path: Path) -> Path:
    """Return the path if its suffix is that of a file of codes.

    Raises:
        DataError: It has another suffix.
    """
    if path.suffix.lower() not in ENDINGS:
        raise DataError(
            f"Invalid output {path.name!r}. Expected a name ending in "
            f"{' or '.join(ENDINGS)}. Rename it."
        )
    return path


def write_codes(path: Path, codes: np.ndarray, stream: Stream) -> None:
    """Write codes with the ids and labels of a stream.

    A CSV file has the columns id, label, z_1 ... z_d. An NPZ file has the arrays
    `codes`, float32 (n, d), and `ids` and `labels`, strings (n,).

    Args:
        path: Path of the file; its suffix determines the format.
        codes: Codes, (n, d); may be memory-mapped.
        stream: Stream with `ids(start, stop)` and `labels(start, stop)`.
    """
    write = _write_csv if path.suffix.lower() == ".csv" else _write_npz
    write(path, codes, stream)


def _write_csv(path: Path, codes: np.ndarray, stream: Stream) -> None:
    # File names may contain bytes that are not valid UTF-8.
    with open(
        path, "w", newline="", encoding="utf-8", errors="surrogateescape"
    ) as file:
        writer = csv.writer(file)
        writer.writerow(["id", "label", *(f"z_{i + 1}" for i in range(codes.shape[1]))])
        for start, stop in _spans(len(codes)):
            names = zip(
                stream.ids(start, stop), stream.labels(start, stop), strict=True
            )
            # Nine significant digits represent a float32 exactly.
            writer.writerows(
                [*name, *(f"{value:.9g}" for value in code)]
                for name, code in zip(names, codes[start:stop].tolist(), strict=True)
            )


def _write_npz(path: Path, codes: np.ndarray, stream: Stream) -> None:
    n = len(codes)
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        blocks = (codes[start:stop] for start, stop in _spans(n))
        _add(archive, "codes", codes.shape, np.dtype("<f4"), blocks)
        for name, read in (("ids", stream.ids), ("labels", stream.labels)):
            longest = max(
                len(text) for start, stop in _spans(n) for text in read(start, stop)
            )
            dtype = np.dtype(f"<U{max(1, longest)}")
            blocks = (np.array(read(*span), dtype) for span in _spans(n))
            _add(archive, name, (n,), dtype, blocks)


def _add(
    archive: zipfile.ZipFile,
    name: str,
    shape: tuple[int, ...],
    dtype: np.dtype,
    blocks: Iterable[np.ndarray],
) -> None:
    """Write an array to an NPZ file, block by block."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        header = {"descr": dtype.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for block in blocks:
            file.write(np.ascontiguousarray(block, dtype).tobytes())


def _spans(n: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + ROWS, n)) for start in range(0, n, ROWS))


@dataclass(frozen=True, eq=False)
class Codes:
    """Rows of a file of codes.

    Args:
        path: Path of the file.
        count: Number of codes.
        width: Dimensions of a code.
        rows: Function that yields blocks (ids, labels, codes) from a row on; `labels`
            is None if the file has none.
    """

    path: Path
    count: int
    width: int
    rows: Callable[[int], Blocks]


def open_codes(path: str | Path) -> Codes:
    """Open a file written by `write_codes`, or an .npy file with an array (n, d).

    In a CSV file, the columns `id` and `label` may be missing; all others are the code.
    Without ids, row numbers are used.

    Raises:
        DataError: The file is missing or damaged, or two ids are the same.
    """
    path = Path(path).expanduser()
    openers = {".csv": _open_csv, ".npz": _open_npz, ".npy": _open_npy}
    if path.suffix.lower() not in openers:
        raise DataError(
            f"{path} is not a file of codes. Expected one ending in "
            f"{', '.join(openers)}. Write it with `keras-aae encode`."
        )
    return openers[path.suffix.lower()](path)


def _open_csv(path: Path) -> Codes:
    columns, count = _survey_csv(path)
    width = sum(column not in ("id", "label") for column in columns)
    if not width:
        raise DataError(
            f"{path} has no columns of codes. Expected z_1, z_2 and so on. Write the "
            "file again with `keras-aae encode`."
        )
    return Codes(path, count, width, lambda start: _csv_blocks(path, columns, start))


def _survey_csv(path: Path) -> tuple[list[str], int]:
    """Return the columns and the number of rows."""
    seen: set[str] = set()
    count = 0
    with _reading(path) as (columns, rows):
        place = columns.index("id") if "id" in columns else None
        for count, row in enumerate(rows, start=1):
            if len(row) != len(columns):
                raise DataError(
                    f"{path}, row {count}, has {len(row)} values. Expected "
                    f"{len(columns)}, one per column. Correct the row, or write the "
                    "file again."
                )
            if place is not None:
                _check_new(path, row[place], seen)
    if not count:
        raise DataError(
            f"{path} holds no codes. Expected at least one row. Write the file again "
            "with `keras-aae encode`."
        )
    return columns, count


@contextmanager
def _reading(path: Path) -> Iterator[tuple[list[str], Iterator[list[str]]]]:
    """Yield the columns and the rows; errors of reading them become a DataError."""
    try:
        with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
            reader = csv.reader(file, strict=True)
            yield next(reader, []), reader
    except (OSError, UnicodeError, csv.Error) as error:
        raise DataError(
            f"{path} cannot be read ({error}). Expected a CSV file. Write it with "
            "`keras-aae encode`."
        ) from None


def _csv_blocks(path: Path, columns: list[str], start: int) -> Blocks:
    numbers = [i for i, name in enumerate(columns) if name not in ("id", "label")]
    with _reading(path) as (_, rows):
        rows = itertools.islice(rows, start, None)
        while block := list(itertools.islice(rows, ROWS)):
            stop = start + len(block)
            ids = _column(columns, block, "id") or list(map(str, range(start, stop)))
            codes = _numbers(path, block, numbers, start)
            yield ids, _column(columns, block, "label"), codes
            start = stop


def _column(columns: list[str], block: list[list[str]], name: str) -> list[str] | None:
    place = columns.index(name) if name in columns else None
    return None if place is None else [row[place] for row in block]


def _numbers(
    path: Path, block: list[list[str]], numbers: list[int], start: int
) -> np.ndarray:
    try:
        return np.array([[float(row[i]) for i in numbers] for row in block], np.float32)
    except ValueError as error:
        raise DataError(
            f"{path}, rows {start + 1} to {start + len(block)}: {error}. Expected "
            "numbers in all columns except id and label. Correct these rows."
        ) from None


def _open_npz(path: Path) -> Codes:
    arrays = read_arrays(path, ("codes", "ids", "labels"))
    codes = _matrix(path, arrays.get("codes"))
    ids, labels = arrays.get("ids"), arrays.get("labels")
    for name, texts in (("ids", ids), ("labels", labels)):
        if texts is not None and texts.shape != (len(codes),):
            raise DataError(
                f"{path}: array `{name}` has shape {texts.shape}. Expected "
                f"({len(codes)},), one per code. Write the file again."
            )
    seen: set[str] = set()
    for text in [] if ids is None else ids:
        _check_new(path, str(text), seen)
    return _of_arrays(path, codes, ids, labels)


def _open_npy(path: Path) -> Codes:
    return _of_arrays(path, _matrix(path, map_array(path)), None, None)


def _matrix(path: Path, codes: np.ndarray | None) -> np.ndarray:
    shape = None if codes is None else codes.shape
    if (
        codes is None
        or codes.ndim != 2
        or not codes.size
        or codes.dtype.kind not in "fiu"
    ):
        raise DataError(
            f"{path} holds an invalid array of codes, of shape {shape}. Expected "
            "numbers of shape (n, width). Write the file again."
        )
    return codes


def _of_arrays(
    path: Path, codes: np.ndarray, ids: np.ndarray | None, labels: np.ndarray | None
) -> Codes:
    def blocks(start: int) -> Blocks:
        for first in range(start, len(codes), ROWS):
            stop = min(first + ROWS, len(codes))
            rows = range(first, stop) if ids is None else ids[first:stop]
            texts = None if labels is None else list(map(str, labels[first:stop]))
            yield list(map(str, rows)), texts, np.array(codes[first:stop], np.float32)

    count, width = codes.shape
    return Codes(path, count, width, blocks)


def _check_new(path: Path, name: str, seen: set[str]) -> None:
    if name in seen:
        raise DataError(
            f"{path} has the id {name!r} twice. Expected unique ids, since they name "
            "images. Rename one."
        )
    seen.add(name)
