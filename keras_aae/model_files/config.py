"""What the config of a model file may name: our classes, and plain ones of Keras.

Keras builds whatever class or function the config names, and calls it. So every object
in it must be on the list below, exactly as Keras writes it; nothing is repaired.
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
# Objects to make and layers to call, of which each takes as long as ten other objects.
MAX_OBJECTS = 20_000
LAYER_OBJECTS = 10
MAX_SIZE = 2**24
MAX_SHAPE = 2**26

# An argument of a layer's call. Of the encodings that are no classes it is the only one
# that plain networks need; the others hold arrays, types and code.
TENSOR = "__keras_tensor__"
# Whole numbers that nothing is made as large as.
COUNT = re.compile(r"seed|shared_object_id|boundaries|\w*steps")
# No quantized types: they make variables of their own.
DTYPE = re.compile(r"(mixed_)?(bfloat16|float(16|32|64)|u?int(8|16|32|64)|bool)")


def check_config(config: dict[str, Any], compile: bool = False) -> None:
    """Check that a model's config names nothing but allowed objects of bounded size.

    How networks inside were compiled is not looked at, see `without_compile`; nor is how
    the model itself was, unless `compile`.

    Raises:
        ModelFileError: it names something else; the message says what.
    """
    if not (is_network(config) or is_ours(config)):
        raise ModelFileError(
            f"The model file holds {describe(config)}. Expected a model of "
            f"{PACKAGE}, or a Functional or Sequential model of Keras."
        )
    _check(config)
    if compile:
        _check_compile_config(config.get("compile_config"))


def _check_compile_config(value: Any) -> None:
    if not isinstance(value, dict) or set(value) != {"optimizer"}:
        raise ModelFileError(
            "The model file holds no state of training by keras_aae. Load it with "
            "compile=False."
        )
    _check(value)
    # Building anything else here would not be counted as part of the model.
    for inner in _objects_in(value):
        group = is_ours(inner) and inner["class_name"] == "OptimizerGroup"
        if not (group or _is_listed(inner, TRAINING)):
            name = describe(inner)
            raise ModelFileError(f"The model file names {name} among its optimizers.")


def _objects_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        value = [v for key, v in value.items() if key != "compile_config"]
    if isinstance(value, list):
        for inner in value:
            yield from _objects_in(inner)


def without_compile(config: dict[str, Any], keep: bool = False) -> dict[str, Any]:
    """A checked config without how it, and the networks in it, were compiled.

    Args:
        config: As it passed `check_config`.
        keep: Leave how the model itself was compiled; only networks inside lose it.
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

    So is one on the menu of models, wherever it is defined: whoever put it there vouches
    for it. Keras finds a class by its registered name only, and never imports a module.
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
    """Whether a config is of a Functional or Sequential model."""
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
    """An object of a config in words, for messages."""
    module, name = value.get("module"), value.get("class_name")
    if name == "function":
        name = f"function {value.get('config')}"
    return f"{module}.{name}"[:120] if isinstance(module, str) else f"{name}"[:120]


def _check(value: Any, key: str = "", depth: int = 0) -> int:
    """Check a value; the number of objects that building it makes and layers it calls."""
    if depth > MAX_DEPTH:
        raise ModelFileError(
            f"The config of the model file is nested more than {MAX_DEPTH} deep."
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
            f"The config of the model file makes more than {MAX_OBJECTS:,} objects."
        )
    return count


def _check_dict(value: dict[str, Any], depth: int) -> int:
    if "class_name" in value:
        _check_object(value)
    # The calls of a network inside run all its layers once more.
    nodes = value.get("inbound_nodes", [])
    if not isinstance(nodes, list) or any(isinstance(node, list) for node in nodes):
        raise ModelFileError("The model file connects layers in a legacy format.")
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
            f"The model file names {describe(value)}, which is not on the list of what "
            f"is safe to load, or is not as Keras writes it. Only if you trust its "
            "author, load it with keras.saving.load_model, at your own risk."
        )
    if not isinstance(value.get("config"), dict):
        raise ModelFileError(f"The model file holds no config for {describe(value)}.")
    if is_network(value):
        _check_layers(value["config"].get("layers"))
    if value["class_name"] == "DTypePolicy":
        _check_plain(value["config"].get("name"), "dtype")


def _check_layers(layers: Any) -> None:
    # Keras reads a layer without these as one of an older format, without its checks.
    if not isinstance(layers, list) or not all(
        isinstance(layer, dict)
        and {"class_name", "module"} <= layer.keys()
        and layer["class_name"] != TENSOR
        for layer in layers
    ):
        raise ModelFileError("The model file lists layers in a legacy format.")


def _check_list(value: list[Any], key: str, depth: int) -> int:
    sizes = [abs(v) for v in value if type(v) is int and v]
    if key.endswith("shape") and math.prod(sizes[:32]) > MAX_SHAPE:
        raise ModelFileError(f"Too large {key} in the model file: {value[:8]}.")
    # Arrays as lists are slow to build; a plain network has none.
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
        raise ModelFileError(f"{key} in the model file is not a finite number.")
    elif isinstance(value, str):
        _check_text(value, key)


def _check_text(value: str, key: str) -> None:
    # Keras takes a text that is the name of a registered object for that object.
    fault = ">" in value and key != "registered_name"
    fault |= key.endswith("activation") and value not in ACTIVATIONS
    fault |= key == "dtype" and not DTYPE.fullmatch(value)
    if fault:
        raise ModelFileError(
            f"Invalid {key or 'text'} {value[:80]!r} in the model file. Expected a plain "
            "name that Keras knows."
        )
