"""Check of the weights of a model file: only plain arrays of finite numbers.

HDF5 can also link to other files, compute arrays from others, compress them, or declare
more data than it contains. Keras does none of this, so all of it is refused.
"""

import io
import math
from collections.abc import Iterator

import h5py
import numpy as np

from keras_aae.errors import ModelFileError

MAX_OBJECTS = 100_000
MAX_DIMENSIONS = 32


def check_weights(content: bytes) -> dict[str, tuple[int, ...]]:
    """Return the shape of every array in an HDF5 file, by path.

    Raises:
        ModelFileError: the file is damaged, or not only plain arrays of finite numbers.
    """
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            shapes = {}
            declared = 0
            for path, dataset in _datasets(file):
                _check_layout(path, dataset, len(content))
                declared += dataset.nbytes
                if declared > len(content):
                    raise ModelFileError(_declares_more(path))
                _check_finite(path, dataset)
                shapes[path] = dataset.shape
            return shapes
    except ModelFileError:
        raise
    # The HDF5 library raises many kinds of errors for damaged files.
    except Exception as error:
        raise ModelFileError(
            f"The weights of the model file are damaged ({type(error).__name__}: "
            f"{' '.join(str(error).split())[:120]}). Copy the file "
            "again from its source."
        ) from error


def _datasets(file: h5py.File) -> Iterator[tuple[str, h5py.Dataset]]:
    """Yield (path, dataset) of all datasets; every object must have one plain link."""
    seen = {_address(file)}
    waiting = [("", file)]
    while waiting:
        path, group = waiting.pop()
        for name in group:
            link = group.get(name, getlink=True)
            if type(link) is not h5py.HardLink:
                raise ModelFileError(
                    f"The weights of the model file contain a link at {path}/{name}. "
                    "Expected only arrays."
                )
            member = group[name]
            if _address(member) in seen or len(seen) > MAX_OBJECTS:
                raise ModelFileError(
                    f"The weights of the model file contain {path}/{name} twice, or "
                    f"too many arrays. Expected each once, and at most {MAX_OBJECTS:,}."
                )
            seen.add(_address(member))
            if isinstance(member, h5py.Group):
                waiting.append((f"{path}/{name}", member))
            elif isinstance(member, h5py.Dataset):
                yield f"{path}/{name}", member
            else:
                raise ModelFileError(_not_plain(f"{path}/{name}"))


def _address(member: h5py.Group | h5py.Dataset) -> int:
    return h5py.h5o.get_info(member.id).addr


def _check_layout(path: str, dataset: h5py.Dataset, file_size: int) -> None:
    properties = dataset.id.get_create_plist()
    if (
        # A contiguous layout excludes chunks, and thus filters, and virtual datasets.
        properties.get_layout() != h5py.h5d.CONTIGUOUS
        or properties.get_nfilters()
        or properties.get_external_count()
        or dataset.dtype.kind not in "fiu"
        or dataset.dtype.itemsize > 8
        or dataset.shape is None
        or len(dataset.shape) > MAX_DIMENSIONS
        # Keras marks types that NumPy does not have with an attribute.
        or len(dataset.attrs)
    ):
        raise ModelFileError(_not_plain(path))
    size = math.prod(dataset.shape) * dataset.dtype.itemsize
    if size and (
        dataset.id.get_storage_size() != size
        or dataset.id.get_offset() is None
        or dataset.id.get_offset() + size > file_size
    ):
        raise ModelFileError(_declares_more(path))


def _check_finite(path: str, dataset: h5py.Dataset) -> None:
    if dataset.dtype.kind == "f" and not np.all(np.isfinite(dataset[()])):
        raise ModelFileError(
            f"The weights of the model file are not finite at {path}. The training "
            "diverged, or the file is damaged. Use another checkpoint."
        )


def _not_plain(path: str) -> str:
    return (
        f"The weights of the model file are not a plain array of numbers at {path}. "
        "External, virtual, chunked and compressed data is refused. Save the model "
        "again with Keras."
    )


def _declares_more(path: str) -> str:
    return (
        f"The weights of the model file declare more data than they contain at {path}. "
        "Copy the file again from its source."
    )
