"""Random subsets of images: pure functions of labels, number and seed."""

import numpy as np
from numpy.typing import ArrayLike

from keras_aae.checks import Seed, validate
from keras_aae.errors import DataError

# Purpose of a draw; part of its seed, so that draws in one run are independent.
TEST, VALIDATION, LIMIT, LABELED = range(4)


def generator(seed: int, purpose: int) -> np.random.Generator:
    """Return the random generator for one purpose.

    Raises:
        DataError: The seed is invalid.
    """
    seed = validate("seed", seed, Seed, DataError)
    return np.random.default_rng([seed, purpose])


def random_subset(total: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` random positions below `total`, sorted; all if there are fewer."""
    return np.sort(rng.permutation(total)[:n])


def stratified_subset(labels: ArrayLike | None, n: int, seed: int) -> np.ndarray:
    """Choose `n` labeled images, equally many of each class as far as possible.

    Args:
        labels: Class numbers, (total,); -1 is unknown and never chosen.
        n: Number of images.
        seed: Seed of the random choice, 0 or more.

    Returns:
        Sorted positions, (n,).

    Raises:
        DataError: There are no labels, or `n` is not between 1 and the number of
            labeled images.
    """
    if labels is None:
        raise DataError(
            "The images have no labels. Expected a labeled data set. Use another one."
        )
    labels = np.asarray(labels)
    available = int((labels >= 0).sum())
    if not 1 <= n <= available:
        raise DataError(
            f"Cannot choose {n} labeled images. Expected a number from 1 to "
            f"{available}, the labeled images of the data set."
        )
    rng = generator(seed, LABELED)
    classes, sizes = np.unique(labels[labels >= 0], return_counts=True)
    return _draw(labels, classes, _equal_counts(sizes, n, rng), rng)


def proportional_subset(
    labels: np.ndarray | None, total: int, n: int, rng: np.random.Generator
) -> np.ndarray:
    """Choose `n` of `total` images, stratified by class; return sorted positions, (n,).

    Unlabeled images count as one more class. Requires 0 <= n <= total.
    """
    if labels is None:
        return random_subset(total, n, rng)
    classes, sizes = np.unique(labels, return_counts=True)
    return _draw(labels, classes, _proportional_counts(sizes, n, rng), rng)


def _equal_counts(sizes: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    counts = np.zeros_like(sizes)
    while rest := n - counts.sum():
        unfinished = np.flatnonzero(counts < sizes)
        share = rest // len(unfinished)
        if share == 0:
            counts[rng.permutation(unfinished)[:rest]] += 1
        else:
            counts = np.minimum(counts + share, sizes)
    return counts


def _proportional_counts(
    sizes: np.ndarray, n: int, rng: np.random.Generator
) -> np.ndarray:
    counts, remainders = np.divmod(sizes * n, sizes.sum())
    # Shuffled first, so that ties between remainders are broken at random.
    order = rng.permutation(len(sizes))
    order = order[np.argsort(-remainders[order], kind="stable")]
    counts[order[: n - counts.sum()]] += 1
    return counts


def _draw(
    labels: np.ndarray,
    classes: np.ndarray,
    counts: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    starts = np.searchsorted(labels[by_class], classes)
    chosen = [by_class[s : s + n] for s, n in zip(starts, counts, strict=True)]
    return np.sort(np.concatenate(chosen))
