"""Event files of a training for TensorBoard."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.engine import BatchLoader, PhasedModel
from keras_aae.engine.gradients import first_batches, phase_gradients
from keras_aae.errors import UnsupportedError
from keras_aae.runs.folder import RunFolder

FOLDER = "tensorboard"


def summary_writer() -> type[Any]:
    """Return the class that writes event files.

    Raises:
        UnsupportedError: tensorboardX is not installed.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise UnsupportedError(
            "--tensorboard needs the package tensorboardX. Install it with `pip "
            "install 'keras-aae[tensorboard]'`, or train without --tensorboard."
        ) from error
    return SummaryWriter


class EventLog:
    """Event files with the terms and histograms of weights and gradients per epoch.

    Gradients are computed on the same images after every epoch, see `phase_gradients`.

    Args:
        run: Run folder, in which the folder `tensorboard` is created.
        epoch: Number of completed epochs; later ones in older files are hidden.

    Raises:
        UnsupportedError: tensorboardX is not installed.
    """

    def __init__(self, run: RunFolder, epoch: int = 0):
        later = {"purge_step": epoch + 1} if epoch else {}
        self.writer = summary_writer()(str(run.path / FOLDER), **later)

    def write(
        self, row: dict[str, Any], model: PhasedModel, loader: BatchLoader
    ) -> None:
        """Write an epoch: its history row, and the weights and gradients after it."""
        epoch = row["epoch"]
        for name, value in row.items():
            if name != "epoch" and math.isfinite(value):
                self.writer.add_scalar(name, value, epoch)
        names = _names(model)
        for variable, name in names.values():
            values = ops.convert_to_numpy(variable)
            self._histogram(f"weights/{name}", values, epoch)
        for phase, pairs in phase_gradients(model, first_batches(loader)).items():
            for variable, gradient in pairs:
                _, name = names[id(variable)]
                self._histogram(f"gradients/{phase}/{name}", gradient, epoch)
        self.writer.flush()

    def close(self) -> None:
        """Close the files."""
        self.writer.close()

    def _histogram(self, name: str, values: np.ndarray, epoch: int) -> None:
        # TensorBoard groups names by their slashes and allows no spaces.
        self.writer.add_histogram(name.replace(" ", "-"), values.ravel(), epoch)


def _names(model: PhasedModel) -> dict[int, tuple[keras.Variable, str]]:
    """Return trained variables by id, with names NETWORK/PATH, which are unique."""
    return {
        id(variable): (variable, f"{network.name}/{variable.path}")
        for phase in model.phases()
        for network in phase.networks
        for variable in network.trainable_variables
    }
