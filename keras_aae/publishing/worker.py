"""Quiet start of a process that uses Keras; importing this module does not import it."""

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Capture what libraries print while they load, and show it only if they fail.

    TensorFlow prints the CPU's features on every start, from C++ and at any log level.
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


def start() -> None:
    """Import what a worker process needs to compute probes."""
    with quiet_stderr():
        importlib.import_module("keras_aae.publishing.probe")
