"""Gradients of the phases of a model, computed without changing the model."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import keras
import numpy as np
from keras import ops

from keras_aae.engine.backend import engine
from keras_aae.engine.batch import Batch, Block, batches_at, map_block
from keras_aae.engine.batch_loader import BatchLoader
from keras_aae.engine.loop import same_randomness
from keras_aae.engine.phases import PhasedModel


def first_batches(loader: BatchLoader) -> dict[str, Batch]:
    """Return the batches of the first training step."""
    block = loader.block(0, 0, 1, 1)
    return map_block(ops.convert_to_tensor, batches_at(block, 0))


def phase_gradients(
    model: PhasedModel, batches: Block
) -> dict[str, list[tuple[keras.Variable, np.ndarray]]]:
    """Compute the gradients of each phase by the variables of its networks.

    d objective / d v  for every variable v of the phase's networks, in training mode:
    with dropout, and batch normalization by the statistics of the batch.

    Args:
        model: Model whose gradients are computed.
        batches: The `Batch` of each of the model's `batches`, by name.

    Returns:
        name of the phase -> (variable, array of its shape) pairs. Further objectives of
        the same name are numbered.
    """
    found: dict[str, list[tuple[keras.Variable, np.ndarray]]] = {}
    with unchanged(model):
        for phase in {(p.name, p.objective): p for p in model.phases()}.values():
            batch = model.batch_of(phase, batches)
            _, _, gradients = engine.gradients(
                model,
                partial(phase.loss, batch, training=True),
                phase.variables,
            )
            arrays = [np.array(ops.convert_to_numpy(g)) for g in gradients]
            pairs = list(zip(phase.variables, arrays, strict=True))
            found[_numbered(phase.name, found)] = pairs
    return found


def _numbered(name: str, taken: Iterable[str]) -> str:
    count = sum(other.split(" ")[0] == name for other in taken)
    return f"{name} {count + 1}" if count else name


@contextmanager
def unchanged(model: PhasedModel) -> Iterator[None]:
    """Restore running averages and random generators after the block."""
    states = [
        (v, np.array(ops.convert_to_numpy(v))) for v in model.non_trainable_variables
    ]
    with same_randomness(model):
        try:
            yield
        finally:
            for variable, value in states:
                variable.assign(value)
