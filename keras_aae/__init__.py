"""Autoencoders, adversarial autoencoders, shared-encoding networks and GANs in Keras 3.

Importing this is light; the names below import Keras when they are first used.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "Recipe": "keras_aae.recipe",
    "KerasAAEError": "keras_aae.errors",
    "build_model": "keras_aae.training.build",
    "evaluate": "keras_aae.evaluation",
    "fit_density": "keras_aae.evaluation.density",
    "inspect_model": "keras_aae.model_files.inspection",
    "load_dataset": "keras_aae.data",
    "load_model": "keras_aae.model_files.saving",
    "resume": "keras_aae.training",
    "save_model": "keras_aae.model_files.saving",
    "train": "keras_aae.training",
}
__all__ = list(_NAMES)  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_NAMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_NAMES])
