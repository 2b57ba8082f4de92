"""Saving of models, and safe loading of untrusted `.keras` files.

A file is checked before Keras reads it: the archive, every name in the config and every
array (see `archive`, `config`, `weights`), and that building the model does not take
more memory than the weights in the file.
"""

import json
import math
import os
import random
import re
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

import keras_aae.models  # noqa: F401  (registers the classes)
from keras_aae.errors import DivergedError, ModelFileError
from keras_aae.files import reason, replacing
from keras_aae.model_files.archive import (
    CONFIG,
    METADATA,
    WEIGHTS,
    Archive,
    check_file_name,
    parse_json,
    read_archive,
    read_file,
)
from keras_aae.model_files.config import check_config, without_compile
from keras_aae.model_files.weights import check_weights

# Not all random states and running means of a model are in its file.
SPARE_VALUES = 2**16
# Warnings of Keras that a part of the state is lost.
LOSSES = (
    "Skipping variable loading for optimizer",
    "Skipping nested container",
    ".*was not called as part of model loading",
    ".*cannot be built automatically",
)


def load_model(path: str | os.PathLike[str], compile: bool = False) -> keras.Model:
    """Load a model from a local `.keras` file, which may be untrusted.

    Args:
        path: Path of a regular `.keras` file; `.h5` files, folders and URLs are
            refused.
        compile: True to also restore the optimizers and their state for training.

    Raises:
        ModelFileError: the file is damaged, unsafe or of another kind, or `compile` is
            true and a part of the optimizer state is missing.
    """
    archive = read_archive(read_file(path))
    check_config(archive.config, compile)
    shapes = check_weights(archive.weights)
    config = without_compile(archive.config, keep=compile)
    try:
        _check_memory(without_compile(config), shapes)
        model = _load(Archive(archive.metadata, config, archive.weights), compile)
    except (ModelFileError, MemoryError):
        raise
    # Keras raises all kinds of errors for configs and weights that do not match.
    except Exception as error:
        raise ModelFileError(_explain(archive, error)) from error
    return model


def _check_memory(config: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> None:
    """Check that the model has no more weights than the file."""
    held = sum(map(math.prod, shapes.values()))
    # The global state of Keras is per thread, so another thread leaves no trace here.
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(_count_values, config).result()
    if made > held + SPARE_VALUES:
        raise ModelFileError(
            f"The model in the model file has {made:,} weights, but the file has only "
            f"{held:,}. It is damaged, or made to exhaust memory. Get it from a source "
            "that you trust."
        )


def _count_values(config: dict[str, Any]) -> int:
    """Count the values of all variables that building a model would create."""
    # In this scope variables have a shape, but no value.
    with keras.StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    if not isinstance(model, keras.Model):
        raise ModelFileError(
            f"The model file contains a {type(model).__name__}. Expected a model."
        )
    shapes = {id(v): v.shape for v in [*model.variables, *_pending_variables()]}
    return sum(map(math.prod, shapes.values()))


def _pending_variables() -> list[keras.Variable]:
    """Return variables of layers that were built but are not part of the model."""
    try:
        from keras.src.backend.common import global_state
    except ImportError:
        return []
    return global_state.get_global_attribute("uninitialized_variables") or []


def _load(archive: Archive, compile: bool) -> keras.Model:
    # Keras reads from a path. Nobody can swap a private copy of the checked content, as
    # they could swap the original file.
    with _private_copy(archive) as copy:
        with warnings.catch_warnings():
            for message in LOSSES:
                warnings.filterwarnings("error", message)
            return keras.saving.load_model(copy, compile=compile, safe_mode=True)


@contextmanager
def _private_copy(archive: Archive) -> Iterator[Path]:
    with ExitStack() as stack:
        try:
            folder = tempfile.TemporaryDirectory(prefix="keras-aae-")
            copy = Path(stack.enter_context(folder)) / "model.keras"
            with zipfile.ZipFile(copy, "w") as file:
                file.writestr(METADATA, json.dumps(archive.metadata))
                file.writestr(CONFIG, json.dumps(archive.config))
                file.writestr(WEIGHTS, archive.weights)
        except OSError as error:
            raise ModelFileError(
                f"Cannot write a temporary copy of the model file: {reason(error)}. "
                "Free disk space, or set TMPDIR to a folder with space."
            ) from error
        yield copy


def _explain(archive: Archive, error: Exception) -> str:
    # On one line, and without the color codes of Keras.
    reason = re.sub(r"\x1b\[\d*m", "", " ".join(str(error).split()))
    reason = reason[:300] or type(error).__name__
    version = str(archive.metadata.get("keras_version"))[:20]
    return (
        f"Keras cannot load the model file: {reason} It was written by Keras "
        f"{version}, and this is Keras {keras.__version__}. The file may be damaged, or "
        "need a newer version of Keras or keras_aae."
    )


def save_model(model: keras.Model, path: str | os.PathLike[str]) -> None:
    """Save a model atomically, without the state of its optimizers.

    The model itself does not change, so training can continue.

    Raises:
        DivergedError: a weight is not finite; nothing is written.
        ModelFileError: the path does not end in `.keras`, or the model has parts, such
            as a Lambda layer, that `load_model` would refuse; nothing is written.
        OSError: the file cannot be written; an existing file is intact.
    """
    path = Path(check_file_name(path))
    require_finite(model)
    _require_loadable(model)
    with _same_random_numbers():
        copy = _copy(model)
    with replacing(path) as temporary:
        copy.save(temporary)


def _require_loadable(model: keras.Model) -> None:
    config = json.dumps(keras.saving.serialize_keras_object(model))
    try:
        check_config(parse_json(CONFIG, config.encode()))
    except ModelFileError as error:
        raise ModelFileError(
            f"Cannot save the model, because it could not be loaded again. {error}"
        ) from error


def require_finite(model: keras.Model) -> None:
    """Check that all weights are finite.

    Raises:
        DivergedError: a weight is not finite.
    """
    for variable in model.weights:
        if not np.all(np.isfinite(ops.convert_to_numpy(variable))):
            raise DivergedError(
                f"Weight {variable.path} is no longer finite. Try a lower learning "
                "rate."
            )


def _copy(model: keras.Model) -> keras.Model:
    """Return an uncompiled copy of a model, with its random states."""
    copy = type(model).from_config(model.get_config())
    for variable, target in zip(model.variables, copy.variables, strict=True):
        target.assign(ops.convert_to_numpy(variable))
    return copy


@contextmanager
def _same_random_numbers() -> Iterator[None]:
    # Keras draws the seeds of new initializers from Python's global generator.
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)
