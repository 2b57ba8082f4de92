"""Batches of images and labels, and blocks of them for several steps."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras

from keras_aae.checks import Tensor

Block = dict[str, "Batch"]
Terms = dict[str, Tensor]
Variables = list[keras.Variable]
Objective = Callable[[], tuple[Tensor, Terms]]
Function = Callable[[Tensor], Tensor]
Step = Callable[[Block], Terms]


class Batch(NamedTuple):
    """Images in [0, 1] (batch, H, W, C), and labels (batch,) or None.

    In a block every array has a leading axis for the steps.
    """

    x: Tensor
    labels: Tensor = None


def batches_at(block: Block, step: Any) -> Block:
    """Return the batches of one step of a block."""
    return map_block(lambda rows: rows[step], block)


def map_block(
    function: Callable[[Any], Any], block: dict[str, Batch]
) -> dict[str, Batch]:
    """Apply a function to every array of a block or of the batches of a step."""
    return {
        name: Batch(function(x), None if labels is None else function(labels))
        for name, (x, labels) in block.items()
    }
