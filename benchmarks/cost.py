"""Cost of a training apart from its steps: memory and time of checkpoints."""

import math
import resource
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.ours import vae_recipe
from keras_aae import training
from keras_aae.runs.checkpoints import Checkpoints

TRAINING_SECONDS = 45


def memory(images):
    """Measure the peak memory of two epochs, in megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        run = _train(images, folder, epochs=2)
        seconds = [row["seconds"] for row in run.history]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kilobytes, macOS bytes.
    megabytes = peak / (2**20 if sys.platform == "darwin" else 2**10)
    return {}, {"megabytes": megabytes, "epoch_seconds": seconds}


def checkpoints(images):
    """Measure seconds per checkpoint, and their share of a training."""
    saves = []
    save = Checkpoints.save

    def timed(*args, **kwargs):
        started = time.perf_counter()
        path = save(*args, **kwargs)
        saves.append(time.perf_counter() - started)
        return path

    with tempfile.TemporaryDirectory() as folder:
        first = _train(images, Path(folder) / "first", epochs=2).history[-1]
        epochs = max(2, math.ceil(TRAINING_SECONDS / first["seconds"]))
        with patch.object(Checkpoints, "save", timed):
            started = time.perf_counter()
            _train(images, Path(folder) / "second", epochs=epochs)
            total = time.perf_counter() - started
    return {}, {"saves": saves, "total": total, "share": sum(saves) / total}


def _train(images, folder, epochs):
    """Train on the images from a file, as a user would."""
    file = Path(folder).with_suffix(".npz")
    np.savez(file, x_train=images, x_test=images[:1000])
    try:
        return training.train(vae_recipe(dataset=str(file), epochs=epochs), folder)
    finally:
        file.unlink()
