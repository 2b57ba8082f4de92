"""From a recipe to a run: build, train, resume.

Importing this is light; the names below import Keras when they are first used.
"""

import importlib
from typing import Any

_NAMES = {
    "build_model": "keras_aae.training.build",
    "Reporter": "keras_aae.training.session",
    "resume": "keras_aae.training.runner",
    "train": "keras_aae.training.runner",
}
__all__ = list(_NAMES)  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_NAMES[name]), name)
