"""Images of one split: an array, possibly memory-mapped, and the rows in the split."""

import copy
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from keras_aae.checks import ImageShape
from keras_aae.errors import DataError

BLOCK_BYTES = 1 << 24
MAX_CLASSES = 100_000
Positions = np.ndarray | slice


class Images:
    """Images of one split with their labels, read row by row.

    The array is not copied, so a memory-mapped one stays on disk. Rows are cast when
    they are read: bool and floats to float32, integers to uint8.

    Args:
        x: Images (n, H, W, C) or (n, H, W); integers in 0..255, or bool or floats in
            [0, 1].
        labels: Class numbers (n,) from 0, -1 if unknown; None if there are no labels.
        indices: Rows of `x` in the split, in order; None for all.

    Raises:
        DataError: `x` or `labels` are invalid, or there is no image.
    """

    def __init__(
        self,
        x: ArrayLike,
        labels: ArrayLike | None = None,
        indices: Positions | None = None,
    ):
        self._x = _with_channels(np.asanyarray(x))
        self._indices = np.arange(len(self._x))
        self.dtype = _row_dtype(self._x)
        self._labels = None if labels is None else _class_numbers(labels, len(self._x))
        if indices is not None:
            self._indices = self._rows(indices)

    def __len__(self) -> int:
        return len(self._indices)

    @property
    def image_shape(self) -> ImageShape:
        """Shape (H, W, C) of an image."""
        return self._x.shape[1:]

    @property
    def labels(self) -> np.ndarray | None:
        """Labels of the split, int32 (n,), or None."""
        return None if self._labels is None else self._labels[self._indices]

    def gather(self, positions: Positions) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the images and labels at positions of the split."""
        rows = self._indices[positions]
        x = np.asarray(self._x[rows]).astype(self.dtype, copy=False)
        return x, None if self._labels is None else self._labels[rows]

    def subset(self, positions: Positions) -> "Images":
        """Return a split of the images at positions; the array is not copied."""
        part = copy.copy(self)
        part._indices = self._rows(positions)
        return part

    def with_labels_at(self, positions: Positions) -> "Images":
        """Return the split with labels at the given positions only, -1 elsewhere."""
        part = copy.copy(self)
        if self._labels is not None:
            rows = self._rows(positions)
            part._labels = np.full_like(self._labels, -1)
            part._labels[rows] = self._labels[rows]
        return part

    def array(self) -> np.ndarray:
        """Return all images of the split, uint8 0..255 or float32 in [0, 1]."""
        return self.gather(slice(None))[0]

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield all images in order, a few megabytes at a time."""
        for block in _slices(len(self), self._x):
            yield self.gather(block)[0]

    def _rows(self, positions: Positions) -> np.ndarray:
        try:
            rows = self._indices[positions]
        except IndexError as error:
            raise DataError(
                f"Cannot select these images: {error}. Expected positions below "
                f"{len(self)}."
            ) from None
        if len(rows) == 0:
            raise DataError("The set of images is empty. Expected at least one image.")
        return rows


def _slices(n: int, x: np.ndarray) -> Iterator[slice]:
    step = max(1, BLOCK_BYTES // (x.itemsize * int(np.prod(x.shape[1:]))))
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def _with_channels(x: np.ndarray) -> np.ndarray:
    if x.ndim == 3:
        x = x[..., None]
    if x.ndim != 4:
        raise DataError(
            f"Images have shape {x.shape}. Expected (n, height, width, channels) or "
            "(n, height, width). Reshape the array."
        )
    if len(x) == 0:
        raise DataError("The set of images is empty. Expected at least one image.")
    if 0 in x.shape or x.shape[-1] > 4:
        raise DataError(
            f"Images have shape {x.shape}. Expected 1 to 4 channels on the last axis "
            "and no empty axis. Move the channels last, for example with np.moveaxis."
        )
    return x


def _row_dtype(x: np.ndarray) -> np.dtype:
    kind = x.dtype.kind
    if kind == "f":
        _check_range(x, 1, "floats in [0, 1]. Scale them, for example divide by 255.")
    elif kind in "iu" and x.dtype != np.uint8:
        _check_range(x, 255, "integers in 0..255. Scale them, or use floats in [0, 1].")
    elif kind not in "biu":
        raise DataError(
            f"Images have dtype {x.dtype}. Expected uint8 in 0..255 or floats in [0, "
            "1]. Convert the array with astype."
        )
    return np.dtype(np.uint8 if kind in "iu" else np.float32)


def _check_range(x: np.ndarray, highest: int, expected: str) -> None:
    for block in _slices(len(x), x):
        low, high = x[block].min(), x[block].max()
        # A NaN is the minimum of its block and fails this check too.
        if not (low >= 0 and high <= highest):
            raise DataError(
                f"Images have values from {low} to {high}. Expected {expected}"
            )


def _class_numbers(labels: ArrayLike, n: int) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.shape == (n, 1):
        labels = labels[:, 0]
    if labels.shape != (n,):
        raise DataError(
            f"Labels have shape {labels.shape}. Expected ({n},), one for each image. "
            "Convert one-hot labels with argmax(axis=1)."
        )
    if labels.dtype.kind not in "iu":
        raise DataError(
            f"Labels have dtype {labels.dtype}. Expected integers. Convert names with "
            "np.unique(labels, return_inverse=True)."
        )
    if labels.min() < -1 or labels.max() >= MAX_CLASSES:
        raise DataError(
            f"Labels range from {labels.min()} to {labels.max()}. Expected class "
            f"numbers from 0 to {MAX_CLASSES - 1:,}, or -1 if unknown. Renumber the "
            "classes."
        )
    return labels.astype(np.int32)
