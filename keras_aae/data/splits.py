"""Seeded choices of images: pure functions of the labels, the number wanted and the seed."""

import numpy as np
from numpy.typing import ArrayLike

from keras_aae.checks import Seed, validate
from keras_aae.errors import DataError

# What a draw is for; part of its seed, so that two draws of one run are independent.
TEST, VALIDATION, LIMIT, LABELED = range(4)


def generator(seed: int, purpose: int) -> np.random.Generator:
    """Return the random generator of one purpose.

    Raises:
        DataError: the seed is invalid.
    """
    seed = validate("seed", seed, Seed, DataError)
    return np.random.default_rng([seed, purpose])


def random_subset(total: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` of the positions 0..total-1, sorted; all of them if there are fewer."""
    return np.sort(rng.permutation(total)[:n])


def stratified_subset(labels: ArrayLike | None, n: int, seed: int) -> np.ndarray:
    """Choose `n` labeled images, as equally many of each class as there are.

    Args:
        labels: (total,) class numbers; -1 is unknown and never chosen.
        n: how many to choose.
        seed: integer of 0 or more.

    Returns:
        Sorted positions, (n,).

    Raises:
        DataError: there are no labels, or `n` is not between 1 and the labeled images.
    """
    if labels is None:
        raise DataError(
            "The images have no labels; expected a labeled set. Use another data set."
        )
    labels = np.asarray(labels)
    available = int((labels >= 0).sum())
    if not 1 <= n <= available:
        raise DataError(
            f"Cannot choose {n} labeled images; expected a number from 1 to {available}, "
            "the labeled images of the set."
        )
    rng = generator(seed, LABELED)
    classes, sizes = np.unique(labels[labels >= 0], return_counts=True)
    return _draw(labels, classes, _equal_counts(sizes, n, rng), rng)


def proportional_subset(
    labels: np.ndarray | None, total: int, n: int, rng: np.random.Generator
) -> np.ndarray:
    """Choose `n` of `total` images, of each class its share; sorted positions, (n,).

    Images without a label count as one more class. Needs 0 <= n <= total.
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
    # Shuffled first: among equal remainders no class is preferred.
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
