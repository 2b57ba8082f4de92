"""Check of the config of a model file: only our classes and plain ones of Keras.

Keras builds and calls any class or function that the config names. So every object in
it must be on the allowlist, exactly as Keras writes it; nothing is repaired.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from keras_aae.errors import ModelFileError
from keras_aae.model_files.allowlist import (
    ACTIVATIONS,
    ALLOWED,
    NETWORK_CLASSES,
    TRAINING,
)
from keras_aae.registry import MODELS

PACKAGE = "keras_aae"
MAX_DEPTH = 100
# Limit on objects to build and layers to call; a layer takes as long as ten objects.
MAX_OBJECTS = 20_000
LAYER_OBJECTS = 10
MAX_SIZE = 2**24
MAX_SHAPE = 2**26

# Argument of a layer call. Plain networks need no other encoding that is not a class;
# the others hold arrays, types and code.
TENSOR = "__keras_tensor__"
# Integers that do not set the size of anything.
COUNT = re.compile(r"seed|shared_object_id|boundaries|\w*steps")
# Quantized types are excluded, because they create additional variables.
DTYPE = re.compile(r"(mixed_)?(bfloat16|float(16|32|64)|u?int(8|16|32|64)|bool)")


def check_config(config: dict[str, Any], compile: bool = False) -> None:
    """Check that the config of a model has only allowed objects of bounded size.

    Compile configs are not checked, except that of the model itself with `compile`; see
    `without_compile`.

    Raises:
        ModelFileError: the config contains something else; the message names it.
    """
    if not (is_network(config) or is_ours(config)):
        raise ModelFileError(
            f"The model file contains {describe(config)}. Expected a model of "
            f"{PACKAGE}, or a Functional or Sequential model of Keras."
        )
    _check(config)
    if compile:
        _check_compile_config(config.get("compile_config"))


def _check_compile_config(value: Any) -> None:
    if not isinstance(value, dict) or set(value) != {"optimizer"}:
        raise ModelFileError(
            "The model file has no training state of keras_aae. Load it with "
            "compile=False."
        )
    _check(value)
    # Other objects here would not be counted as part of the model.
    for inner in _objects_in(value):
        group = is_ours(inner) and inner["class_name"] == "OptimizerGroup"
        if not (group or _is_listed(inner, TRAINING)):
            name = describe(inner)
            raise ModelFileError(
                f"The model file contains {name} among its optimizers. Expected "
                "optimizers and schedules of Keras."
            )


def _objects_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        value = [v for key, v in value.items() if key != "compile_config"]
    if isinstance(value, list):
        for inner in value:
            yield from _objects_in(inner)


def without_compile(config: dict[str, Any], keep: bool = False) -> dict[str, Any]:
    """Return a checked config without compile configs.

    Args:
        config: Config that has passed `check_config`.
        keep: True to keep the compile config of the model itself.
    """
    copy = {key: _without(v) for key, v in config.items() if key != "compile_config"}
    if keep:
        copy["compile_config"] = _without(config["compile_config"])
    return copy


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return without_compile(value)
    return [_without(v) for v in value] if isinstance(value, list) else value


def is_ours(value: dict[str, Any]) -> bool:
    """Return whether a config is of a class that this package registers with Keras.

    Classes in the registry of models count too, wherever they are defined. Keras finds
    a class by its registered name only, and never imports a module.
    """
    name, module = value.get("class_name"), value.get("module")
    registered = value.get("registered_name")
    if not (isinstance(module, str) and isinstance(name, str)):
        return False
    is_in_package = module.startswith(f"{PACKAGE}.")
    if is_in_package and registered == f"{PACKAGE}>{name}":
        return True
    on_menu = any(where == f"{module}:{name}" for where, _ in MODELS.values())
    return on_menu and isinstance(registered, str) and registered.endswith(f">{name}")


def is_network(value: dict[str, Any]) -> bool:
    """Return whether a config is of a Functional or Sequential model."""
    return _is_listed(value, NETWORK_CLASSES)


def _is_listed(value: dict[str, Any], classes: Mapping[str, set[str]]) -> bool:
    name, module = value.get("class_name"), value.get("module")
    return (
        isinstance(module, str)
        and isinstance(name, str)
        and name in classes.get(module, ())
        and value.get("registered_name") in (None, name)
    )


def describe(value: dict[str, Any]) -> str:
    """Return the name of an object of a config, for messages."""
    module, name = value.get("module"), value.get("class_name")
    if name == "function":
        name = f"function {value.get('config')}"
    return f"{module}.{name}"[:120] if isinstance(module, str) else f"{name}"[:120]


def _check(value: Any, key: str = "", depth: int = 0) -> int:
    """Check a value; return the number of objects to build and layers to call."""
    if depth > MAX_DEPTH:
        raise ModelFileError(
            f"The config of the model file is nested too deeply. Expected at most "
            f"{MAX_DEPTH} levels."
        )
    if isinstance(value, dict):
        count = _check_dict(value, depth)
    elif isinstance(value, list):
        count = _check_list(value, key, depth)
    else:
        count = 0
        _check_plain(value, key)
    return _limited(count)


def _limited(count: int) -> int:
    if count > MAX_OBJECTS:
        raise ModelFileError(
            f"The config of the model file creates too many objects. Expected at most "
            f"{MAX_OBJECTS:,}."
        )
    return count


def _check_dict(value: dict[str, Any], depth: int) -> int:
    if "class_name" in value:
        _check_object(value)
    # Each call of a nested network runs all its layers again.
    nodes = value.get("inbound_nodes", [])
    if not isinstance(nodes, list) or any(isinstance(node, list) for node in nodes):
        raise ModelFileError(
            "The model file connects layers in a legacy format. Save it with Keras 3."
        )
    inside = [
        _check(inner, inner_key, depth + 1)
        for inner_key, inner in value.items()
        if inner_key != "compile_config"
    ]
    return max(1, len(nodes)) * (sum(inside) + _objects(value))


def _objects(value: dict[str, Any]) -> int:
    if "class_name" not in value or value["class_name"] == TENSOR:
        return 0
    called = is_ours(value) or is_network(value) or value["module"] == "keras.layers"
    return LAYER_OBJECTS if called else 1


def _check_object(value: dict[str, Any]) -> None:
    if value["class_name"] == TENSOR:
        return
    if not (is_ours(value) or _is_listed(value, ALLOWED)):
        raise ModelFileError(
            f"The model file contains {describe(value)}. Expected only objects that "
            "are safe to load, exactly as Keras writes them. If you trust its author, "
            "load it with keras.saving.load_model at your own risk."
        )
    if not isinstance(value.get("config"), dict):
        raise ModelFileError(f"The model file has no config for {describe(value)}.")
    if is_network(value):
        _check_layers(value["config"].get("layers"))
    if value["class_name"] == "DTypePolicy":
        _check_plain(value["config"].get("name"), "dtype")


def _check_layers(layers: Any) -> None:
    # Without these keys Keras assumes an older format, which it does not check.
    if not isinstance(layers, list) or not all(
        isinstance(layer, dict)
        and {"class_name", "module"} <= layer.keys()
        and layer["class_name"] != TENSOR
        for layer in layers
    ):
        raise ModelFileError(
            "The model file lists layers in a legacy format. Save it with Keras 3."
        )


def _check_list(value: list[Any], key: str, depth: int) -> int:
    sizes = [abs(v) for v in value if type(v) is int and v]
    if key.endswith("shape") and math.prod(sizes[:32]) > MAX_SHAPE:
        raise ModelFileError(
            f"Too large {key} in the model file: {value[:8]}. Expected at most "
            f"{MAX_SHAPE:,} elements."
        )
    # Arrays stored as lists are slow to build; plain networks have none.
    count = sum(isinstance(inner, list) for inner in value) + len(value) // 10
    return _limited(count) + sum(_check(inner, key, depth + 1) for inner in value)


def _check_plain(value: Any, key: str) -> None:
    if type(value) is int:
        if abs(value) > MAX_SIZE and not COUNT.fullmatch(key):
            raise ModelFileError(
                f"Too large {key} in the model file: {value:,}. Expected at most "
                f"{MAX_SIZE:,}."
            )
    elif isinstance(value, float) and not math.isfinite(value):
        raise ModelFileError(
            f"Invalid {key} {value} in the model file. Expected a finite number."
        )
    elif isinstance(value, str):
        _check_text(value, key)


def _check_text(value: str, key: str) -> None:
    # Keras replaces a text by the registered object of that name.
    fault = ">" in value and key != "registered_name"
    fault |= key.endswith("activation") and value not in ACTIVATIONS
    fault |= key == "dtype" and not DTYPE.fullmatch(value)
    if fault:
        raise ModelFileError(
            f"Invalid {key or 'text'} {value[:80]!r} in the model file. Expected a "
            "plain name that Keras knows."
        )
