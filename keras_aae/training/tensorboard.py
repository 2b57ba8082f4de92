"""A training as TensorBoard shows it."""

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
    """The class that writes event files.

    Raises:
        UnsupportedError: tensorboardX is not installed.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise UnsupportedError(
            "Event files need tensorboardX. Install it by `pip install "
            "'keras-aae[tensorboard]'`, or train without --tensorboard."
        ) from error
    return SummaryWriter


class EventLog:
    """Event files: terms, and histograms of weights and gradients, epoch by epoch.

    Gradients are those of the same images after every epoch: see `phase_gradients`.

    Args:
        run: The run folder, that gets a folder `tensorboard`.
        epoch: Epochs done; what older files say of later ones is hidden.

    Raises:
        UnsupportedError: tensorboardX is not installed.
    """

    def __init__(self, run: RunFolder, epoch: int = 0):
        later = {"purge_step": epoch + 1} if epoch else {}
        self.writer = summary_writer()(str(run.path / FOLDER), **later)

    def write(
        self, row: dict[str, Any], model: PhasedModel, loader: BatchLoader
    ) -> None:
        """Add an epoch: its row of the history, and the model after it."""
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
        """Leave the files complete."""
        self.writer.close()

    def _histogram(self, name: str, values: np.ndarray, epoch: int) -> None:
        # TensorBoard makes folders of the parts between slashes.
        self.writer.add_histogram(name.replace(" ", "-"), values.ravel(), epoch)


def _names(model: PhasedModel) -> dict[int, tuple[keras.Variable, str]]:
    """What is trained, by its id: the variable, and NETWORK/PATH, for paths repeat."""
    return {
        id(variable): (variable, f"{network.name}/{variable.path}")
        for phase in model.phases()
        for network in phase.networks
        for variable in network.trainable_variables
    }
