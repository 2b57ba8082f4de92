"""Description of a `.keras` file without building or running its content."""

import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keras_aae.errors import ModelFileError
from keras_aae.model_files.archive import (
    Archive,
    read_archive,
    read_file,
    sha256_of_bytes,
)
from keras_aae.model_files.config import check_config, is_network
from keras_aae.model_files.weights import check_weights

SETTINGS = (
    "units", "filters", "kernel_size", "strides", "padding", "pool_size", "size",
    "cropping", "target_shape", "batch_shape", "rate", "activation", "input_dim",
    "output_dim",
)  # fmt: skip


def inspect_model(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Describe the content of a `.keras` file as plain values, without Keras.

    Returns:
        dict with path, size (bytes), sha256, accepted (whether the file passes the
        checks of `load_model` that do not build the model) and reason (of a refusal, or
        None). An accepted file also has class, package, keras_version, date_saved,
        parameters (of the model), optimizer (phases with a saved optimizer state, or
        None) and networks. A network, by name, has parameters and layers. A layer has
        name, class, settings and parameters (0 if another network shares and stores
        them).

    Raises:
        ModelFileError: the file is missing, or is not a regular local `.keras` file.
    """
    content = read_file(path)
    report = {
        "path": str(Path(path)),
        "size": len(content),
        "sha256": sha256_of_bytes(content),
        "accepted": True,
        "reason": None,
    }
    try:
        archive = read_archive(content)
        check_config(archive.config)
        shapes = check_weights(archive.weights)
    except ModelFileError as error:
        return report | {"accepted": False, "reason": str(error)}
    return report | _describe(archive, shapes)


def _describe(archive: Archive, shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    config = archive.config
    return {
        "class": config["class_name"],
        "package": config["module"].split(".")[0],
        "keras_version": _text(archive.metadata.get("keras_version")),
        "date_saved": _text(archive.metadata.get("date_saved")),
        "networks": {
            name: _network(network, prefix, shapes)
            for name, prefix, network in _networks(config)
        },
        "parameters": sum(
            math.prod(shape) for path, shape in shapes.items() if _is_weight(path)
        ),
        "optimizer": _phases(config, shapes),
    }


def _text(value: object) -> str | None:
    return value[:40] if isinstance(value, str) else None


def _is_weight(path: str) -> bool:
    # The root contains the number of steps and the random states.
    return not path.startswith(("/optimizer/", "/vars/"))


def _networks(config: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (name, path of the weights, config) of the networks of a model."""
    if is_network(config):
        yield str(config["config"].get("name", "model")), "", config
        return
    for name, value in config["config"].items():
        if isinstance(value, dict) and "class_name" in value and is_network(value):
            yield name, f"/{name}", value


def _network(
    config: dict[str, Any], prefix: str, shapes: dict[str, tuple[int, ...]]
) -> dict[str, Any]:
    layers: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    for layer in config["config"]["layers"]:
        # Keras names the weights of a layer by its class, numbered from the second on.
        kind = _snake_case(layer["class_name"])
        number = numbers.get(kind, 0)
        numbers[kind] = number + 1
        path = f"{prefix}/layers/{kind}" + (f"_{number}" if number else "")
        layers.append(_layer(layer, path, shapes))
    return {"layers": layers, "parameters": _parameters(prefix, shapes)}


def _layer(
    config: dict[str, Any], path: str, shapes: dict[str, tuple[int, ...]]
) -> dict[str, Any]:
    settings = config["config"]
    return {
        "name": _text(settings.get("name")),
        "class": config["class_name"],
        "settings": {k: settings[k] for k in SETTINGS if settings.get(k) is not None},
        "parameters": _parameters(path, shapes),
    }


def _parameters(prefix: str, shapes: dict[str, tuple[int, ...]]) -> int:
    return sum(
        math.prod(shape)
        for path, shape in shapes.items()
        if path.startswith(f"{prefix}/") and _is_weight(path)
    )


def _snake_case(name: str) -> str:
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _phases(
    config: dict[str, Any], shapes: dict[str, tuple[int, ...]]
) -> list[str] | None:
    if not any(path.startswith("/optimizer/") for path in shapes):
        return None
    value: Any = config
    for key in ("compile_config", "optimizer", "config", "optimizers"):
        value = value.get(key) if isinstance(value, dict) else None
    return [str(name)[:80] for name in value] if isinstance(value, dict) else []
