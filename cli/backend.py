"""Choosing the engine, which must happen before Keras is imported."""

import importlib.util
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from keras_aae.errors import KerasAAEError
from keras_aae.lookup import check_name
from keras_aae.recipe import BACKENDS


def select_backend(name: str | None = None) -> str:
    """Have Keras run on the backend named, or in KERAS_BACKEND, or installed.

    Raises:
        KerasAAEError: it is not installed, or none is.
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
    with _quiet_stderr():
        importlib.import_module("keras")
    # It warns where the models of many runs are compiled one after the other.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return name


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep what libraries print while they load, and show it only if they fail.

    TensorFlow tells of the machine's features on every start, from C++ and whatever its
    log level.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as output:
        os.dup2(output.fileno(), 2)
        try:
            yield
        except BaseException:
            output.seek(0)
            os.write(kept, output.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _first_installed() -> str:
    for name in BACKENDS:
        if importlib.util.find_spec(name):
            return name
    return BACKENDS[0]
