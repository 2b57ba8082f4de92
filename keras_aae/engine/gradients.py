"""The gradients of a model's phases on some images; the model stays as it is."""

from contextlib import contextmanager

import numpy as np
from keras import ops

from keras_aae.engine.backend import engine
from keras_aae.engine.batch import Batch, map_block
from keras_aae.engine.loop import same_randomness


def first_batches(feed) -> dict[str, Batch]:
    """What the first step of a feed sees."""
    block = feed.block(0, 0, 1, 1)
    return map_block(lambda rows: ops.convert_to_tensor(rows[0]), block)


def phase_gradients(model, batches) -> dict[str, list[tuple]]:
    """What each phase would move its variables by, before its optimizer has a say.

    d objective / d v  for every variable v of the phase's networks, with the model as in
    training: dropout is on, and batches are normalised by their own averages.

    Args:
        model: A `PhasedModel`.
        batches: The `Batch` of each of the model's `batches`, by its name.

    Returns:
        name of the phase -> (variable, array of its shape) pairs. A second objective of
        one name is numbered.
    """
    found = {}
    with unchanged(model):
        for phase in {(p.name, p.objective): p for p in model.phases()}.values():
            batch = model.batch_of(phase, batches)
            _, _, gradients = engine.gradients(
                model,
                lambda phase=phase, batch=batch: phase.loss(batch, training=True),
                phase.variables,
            )
            arrays = [np.array(ops.convert_to_numpy(g)) for g in gradients]
            pairs = list(zip(phase.variables, arrays, strict=True))
            found[_numbered(phase.name, found)] = pairs
    return found


def _numbered(name: str, taken) -> str:
    count = sum(other.split(" ")[0] == name for other in taken)
    return f"{name} {count + 1}" if count else name


@contextmanager
def unchanged(model):
    """Training passes inside leave running averages and random generators as they were."""
    states = [
        (v, np.array(ops.convert_to_numpy(v))) for v in model.non_trainable_variables
    ]
    with same_randomness(model):
        try:
            yield
        finally:
            for variable, value in states:
                variable.assign(value)
