"""Selection of the Keras backend, which must happen before Keras is imported."""

import importlib.util
import logging
import os

from keras_aae.errors import KerasAAEError
from keras_aae.lookup import check_name
from keras_aae.publishing.worker import quiet_stderr
from keras_aae.recipe import BACKENDS


def select_backend(name: str | None = None) -> str:
    """Select a Keras backend, import Keras, and return the backend's name.

    Args:
        name: Name of the backend; None for KERAS_BACKEND or, where that is not set,
            the first one installed.

    Raises:
        KerasAAEError: The backend is unknown or not installed.
    """
    name = name or os.environ.get("KERAS_BACKEND") or _first_installed()
    check_name(name, dict.fromkeys(BACKENDS), "backend")
    if not importlib.util.find_spec(name):
        raise KerasAAEError(
            f"Backend {name!r} is not installed. Install it with `pip install {name}`, "
            "or choose another with --backend."
        )
    os.environ["KERAS_BACKEND"] = name
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet_stderr():
        importlib.import_module("keras")
    # TensorFlow warns of retracing when the models of many runs are compiled in turn.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return name


def _first_installed() -> str:
    for name in BACKENDS:
        if importlib.util.find_spec(name):
            return name
    return BACKENDS[0]
