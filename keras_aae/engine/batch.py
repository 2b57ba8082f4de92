"""What a phase sees of the data, and how an engine walks over a block of it."""

from typing import NamedTuple


class Batch(NamedTuple):
    """Images in [0, 1] (batch, H, W, C), and labels (batch,) or None.

    In a block every array has one more axis in front, the steps.
    """

    x: object
    labels: object = None


def map_block(function, block: dict[str, Batch]) -> dict[str, Batch]:
    """`function` of every array of a block, or of a step's batches."""
    return {
        name: Batch(function(x), None if labels is None else function(labels))
        for name, (x, labels) in block.items()
    }
