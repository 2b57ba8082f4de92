"""Batches of each training step as a pure function of (seed, epoch, step)."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from keras_aae.data.images import Images
from keras_aae.engine.batch import Batch, Block
from keras_aae.errors import DataError

LABELED = "labeled"
BLOCK_BYTES = 64 * 2**20
BLOCK_STEPS = 128


class BatchLoader:
    """Loader of blocks of training steps, with images reshuffled every epoch.

    The images of an epoch are split among the batches of a step, `batch_size` per
    batch; the last step divides the remaining images equally. The batch named "labeled"
    cycles through the labeled images instead, in a separate random order.

    Args:
        images: Training images (`data.Images`).
        batch_size: Number of images in a batch.
        names: Names of the model's `batches`.
        seed: Seed of the shuffling.
        labeled: Labeled images, if a batch is named "labeled".

    Raises:
        DataError: there are fewer images than a step needs, or no labeled images.
    """

    def __init__(
        self,
        images: Images,
        batch_size: int,
        names: Sequence[str] = ("images",),
        *,
        seed: int = 0,
        labeled: Images | None = None,
    ):
        self.images, self.batch_size, self.names = images, batch_size, names
        self.seed, self.labeled = seed, labeled
        self.shared = [name for name in names if name != LABELED]
        step = batch_size * len(self.shared)
        if len(images) < step:
            raise DataError(
                f"A step needs {step} training images, but there are {len(images)}. "
                f"Use a batch size of at most {len(images) // len(self.shared)}."
            )
        if LABELED in names and not (labeled and len(labeled) >= 1):
            raise DataError(
                "This model needs labeled images, but there are none. Use a data set "
                "with labels."
            )
        self.full_steps, rest = divmod(len(images), step)
        self.last_batch_size = rest // len(self.shared)
        self.steps = self.full_steps + (self.last_batch_size > 0)

    @property
    def block_steps(self) -> int:
        """Number of steps in a block, limited by the size of a block in memory."""
        x, _ = self.images.gather(np.arange(1))
        size = x.nbytes * self.batch_size * len(self.names)
        return max(1, min(BLOCK_STEPS, self.full_steps, BLOCK_BYTES // size))

    def images_in(self, start: int, stop: int) -> int:
        """Return the number of training images in the steps `start` to `stop` - 1."""
        full = min(stop, self.full_steps) - min(start, self.full_steps)
        last = self.last_batch_size if stop > self.full_steps >= start else 0
        return len(self.shared) * (full * self.batch_size + last)

    def block(self, epoch: int, start: int, count: int, width: int) -> Block:
        """Return `count` steps from `start`, padded to `width` steps."""
        rows = self.batch_size * len(self.shared)
        order = _order(self.seed, epoch, len(self.images))
        return self._gather(
            order[start * rows : (start + count) * rows],
            self._labeled_positions(epoch, start, count, self.batch_size),
            self.batch_size,
            width,
        )

    def last_block(self, epoch: int) -> Block:
        """Return the last, smaller step of an epoch as a block of one step."""
        rows = self.last_batch_size * len(self.shared)
        start = self.full_steps * self.batch_size * len(self.shared)
        order = _order(self.seed, epoch, len(self.images))
        return self._gather(
            order[start : start + rows],
            self._labeled_positions(epoch, self.full_steps, 1, self.last_batch_size),
            self.last_batch_size,
            1,
        )

    def _gather(
        self,
        positions: np.ndarray,
        labeled_positions: np.ndarray | None,
        batch_size: int,
        width: int,
    ) -> Block:
        shared = _rows(self.images, positions, width, len(self.shared), batch_size)
        block = {
            name: Batch(*(a if a is None else a[:, i] for a in shared))
            for i, name in enumerate(self.shared)
        }
        if self.labeled is not None and labeled_positions is not None:
            block[LABELED] = _single(self.labeled, labeled_positions, width, batch_size)
        return block

    def _labeled_positions(
        self, epoch: int, start: int, count: int, batch_size: int
    ) -> np.ndarray | None:
        if self.labeled is None or LABELED not in self.names:
            return None
        first = (epoch * self.steps + start) * self.batch_size
        place = first + np.arange(count * batch_size)
        passes, within = np.divmod(place, len(self.labeled))
        positions = np.empty(len(place), int)
        for number in np.unique(passes):
            order = _order(self.seed, int(number), len(self.labeled), stream=1)
            positions[passes == number] = order[within[passes == number]]
        return positions


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, n: int, stream: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, epoch, stream]).permutation(n)


def _rows(
    images: Images, positions: np.ndarray, width: int, parts: int, batch_size: int
) -> list[np.ndarray | None]:
    """Return images as (width, parts, batch_size, ...), padded with repeated ones."""
    total = width * parts * batch_size
    padded = np.resize(positions, total) if len(positions) < total else positions
    shape = (width, parts, batch_size)
    return [
        None if array is None else array.reshape(*shape, *array.shape[1:])
        for array in images.gather(padded)
    ]


def in_order(images: Images, batch_size: int) -> Iterator[tuple[Batch, int]]:
    """Yield all images in order, as (block, number of steps) pairs."""
    n = len(images)
    full = n // batch_size
    for first in range(0, full, BLOCK_STEPS):
        count = min(BLOCK_STEPS, full - first)
        positions = np.arange(first * batch_size, (first + count) * batch_size)
        width = min(BLOCK_STEPS, full)
        yield _single(images, positions, width, batch_size), count
    if n % batch_size:
        yield _single(images, np.arange(full * batch_size, n), 1, n % batch_size), 1


def _single(
    images: Images, positions: np.ndarray, width: int, batch_size: int
) -> Batch:
    arrays = _rows(images, positions, width, 1, batch_size)
    return Batch(*(array if array is None else array[:, 0] for array in arrays))
