"""Start of a worker process that computes probes; importing this does not import Keras."""

import importlib
import os
import sys


def start() -> None:
    """Import Keras without what TensorFlow prints while it loads."""
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        importlib.import_module("keras_aae.publishing.probe")
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)
