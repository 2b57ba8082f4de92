"""Building, training and resuming models from recipes.

Keras is imported only when one of the names below is first used.
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
