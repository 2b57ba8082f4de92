"""Probe of a recipe: the numbers that its first training steps compute.

A result is current as long as its recipe computes the same numbers, however the code is
written. The probe runs three steps on a few images, on TensorFlow and a CPU. It uses
double precision: in float32 the optimizers amplify rounding errors, which differ
between processors, beyond the effect of a changed formula.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.abilities import Encodes, Generates, require
from keras_aae.data import Dataset, Images
from keras_aae.engine import BatchLoader
from keras_aae.engine.batch import Batch, batches_at, map_block
from keras_aae.engine.loop import same_randomness
from keras_aae.errors import UnsupportedError
from keras_aae.recipe import Recipe
from keras_aae.training.build import keras_value, new_optimizers
from keras_aae.training.runner import Training, complete

STEPS = 3
TRAIN_IMAGES, TEST_IMAGES = 64, 16
BATCH_SIZE, LABELS, VALIDATION = 8, 32, 8
CODES, GENERATED = 8, 4
# Steps per epoch at which schedules are evaluated.
EPOCH_STEPS = 100


def first_images(dataset: Dataset) -> Dataset:
    """Return a data set of the first images of a data set."""

    def first(images: Images, count: int) -> Images:
        return Images(*images.gather(np.arange(min(count, len(images)))))

    return Dataset(
        dataset.name,
        first(dataset.train, TRAIN_IMAGES),
        first(dataset.test, TEST_IMAGES),
        dataset.class_names,
    )


def stand_in_for(data: dict[str, Any]) -> Dataset:
    """Return a data set of fixed random images that replaces a real one.

    Args:
        data: Description of the real data set, as returned by `origin.describe_data`.
            Labels cycle through its classes.
    """
    rng = np.random.default_rng(0)
    classes = tuple(data["class_names"])

    def random(count: int) -> Images:
        x = rng.integers(0, 256, (count, *data["image_shape"]), np.uint8)
        labels = np.arange(count) % len(classes) if classes else None
        return Images(x if data["dtype"] == "uint8" else x / np.float32(255), labels)

    return Dataset(data["name"], random(TRAIN_IMAGES), random(TEST_IMAGES), classes)


def probe(recipe: Recipe, dataset: Dataset) -> dict[str, dict[str, list[float]]]:
    """Return the numbers of the first steps of a training on a few images.

    Args:
        recipe: Recipe to train; batch size and number of labels are reduced.
        dataset: A few images, as returned by `first_images` or `stand_in_for`.

    Returns:
        "terms": all loss terms of every step; "validation": the terms of a validation
        step; "updates": Euclidean norms of each phase's variable updates;
        "diagnostics": diagnostics of the model; "codes" of eight images and "generated"
        (four images), each by mean, norm and two projections; "schedules": learning
        rates and weights at the start, halfway and at the end.
    """
    with _double_precision():
        found = _probe(_cut(recipe), dataset)
    return {
        part: {name: [_rounded(v) for v in numbers] for name, numbers in values.items()}
        for part, values in found.items()
        if values
    }


@contextmanager
def _double_precision() -> Iterator[None]:
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


def _probe(recipe: Recipe, dataset: Dataset) -> dict[str, dict[str, list[float]]]:
    training = Training(complete(recipe, dataset), dataset)
    model, recipe = training.model, training.recipe
    found = {"schedules": _schedules(model, recipe)}
    found["terms"], found["updates"] = _train(model, training.loader)
    found["validation"] = _validate(model, training.validation or dataset.test)
    found["diagnostics"] = _diagnostics(model, training.diagnosed_images)
    x = dataset.train.array()[:CODES]
    found["codes"] = _described(lambda: require(model, Encodes, by="A probe").encode(x))
    found["generated"] = _described(
        lambda: require(model, Generates, by="A probe").generate(GENERATED, model.seed)
    )
    return found


def _rounded(value: float) -> float:
    """Return the number as stored, far finer than probes are compared."""
    return float(f"{value:.7g}")


def _cut(recipe: Recipe) -> Recipe:
    return recipe.replace(
        backend=None,
        execution="steps",
        limit=None,
        batch_size=min(recipe.batch_size, BATCH_SIZE),
        num_labels=recipe.num_labels and min(recipe.num_labels, LABELS),
        validation=VALIDATION if recipe.validation else 0,
        track_codes=min(recipe.track_codes, CODES),
    )


def _train(
    model: Any, loader: BatchLoader
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Run the steps; return their terms, and the update norms of each phase."""
    terms: dict[str, list[float]] = {tracker.name: [] for tracker in model.metrics}
    with recorded_updates(model) as updates:
        for step in range(STEPS):
            model.reset_metrics()
            values = model.training_step(_batches(loader, step))
            for name, value in values.items():
                terms[name].append(float(value))
    model.reset_metrics()
    return terms, updates


def _batches(loader: BatchLoader, step: int) -> dict[str, Batch]:
    epoch, position = divmod(step, loader.steps)
    if position < loader.full_steps:
        block = loader.block(epoch, position, 1, 1)
    else:
        block = loader.last_block(epoch)
    return map_block(ops.convert_to_tensor, batches_at(block, 0))


@contextmanager
def recorded_updates(model: Any) -> Iterator[dict[str, list[float]]]:
    """Record the Euclidean norms of all updates inside the context.

    Args:
        model: Compiled model that trains by phases.

    Yields:
        The norms, as lists by name of the phase.
    """
    updates: dict[str, list[float]] = {}
    for phase in model.phases():
        optimizer = model.optimizer[phase.name]
        if phase.name not in updates:
            updates[phase.name] = []
            _record(optimizer, updates[phase.name])
    yield updates
    for name in updates:
        del model.optimizer[name].apply


def _record(optimizer: Any, norms: list[float]) -> None:
    apply = optimizer.apply

    def recording(gradients: Any, variables: Any) -> None:
        before = [np.array(ops.convert_to_numpy(v)) for v in variables]
        apply(gradients, variables)
        changes = [
            ops.convert_to_numpy(v) - b for v, b in zip(variables, before, strict=True)
        ]
        norms.append(float(np.sqrt(sum(np.sum(c.astype(float) ** 2) for c in changes))))

    optimizer.apply = recording


def _validate(model: Any, images: Images) -> dict[str, list[float]]:
    x, labels = images.gather(np.arange(min(VALIDATION, len(images))))
    batch = Batch(
        ops.convert_to_tensor(x),
        None if labels is None else ops.convert_to_tensor(labels),
    )
    with same_randomness(model):
        model.reset_metrics()
        values = model.testing_step(dict.fromkeys(model.batches, batch))
        model.reset_metrics()
    return {name: [float(value)] for name, value in values.items()}


def _diagnostics(
    model: Any, diagnosed_images: np.ndarray | None
) -> dict[str, list[float]]:
    """Return the diagnostics, with numbered ones summarized."""
    if diagnosed_images is None:
        return {}
    found: dict[str, list[float]] = {}
    for name, value in model.diagnostics(diagnosed_images).items():
        found.setdefault(name.rstrip("0123456789").rstrip("_"), []).append(float(value))
    return {
        name: values if len(values) == 1 else _summary(np.array([values])).tolist()
        for name, values in found.items()
    }


def _described(make: Callable[[], Any]) -> dict[str, list[float]]:
    """Return a summary of the rows that `make` returns; {} if it is unsupported."""
    with suppress(UnsupportedError):
        rows = np.asarray(make(), float)
        return {"summary": _summary(rows.reshape(len(rows), -1)).tolist()}
    return {}


def _summary(rows: np.ndarray) -> np.ndarray:
    """Return mean, norm and two random projections of each row, shape (4 * rows,)."""
    width = rows.shape[1]
    directions = np.random.default_rng(0).standard_normal((width, 2)) / width**0.5
    mean, norm = rows.mean(axis=1), np.linalg.norm(rows, axis=1)
    return np.column_stack([mean, norm, rows @ directions]).ravel()


def _schedules(model: Any, recipe: Recipe) -> dict[str, list[float]]:
    """Return learning rates and weights at the start, halfway and at the end."""
    end = recipe.epochs * EPOCH_STEPS
    steps = (0, end // 2, end)
    found = {}
    for phase, optimizer in new_optimizers(recipe, model.phases(), EPOCH_STEPS).items():
        found[f"{phase} learning rate"] = [_rate_at(optimizer, step) for step in steps]
    for name, value in recipe.options.items():
        if isinstance(value, str) and ":" in value:
            schedule = keras_value(value, EPOCH_STEPS)
            found[name] = [float(schedule(step)) for step in steps]
    return found


def _rate_at(optimizer: Any, step: int) -> float:
    optimizer.iterations.assign(step)
    return float(optimizer.learning_rate)
