"""The training loop: chunks of compiled steps, validation and early stopping.

The loop writes no files. It calls back after every chunk and every epoch, and its
`Progress` can be saved and passed in again to resume exactly.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from keras import ops

from keras_aae.data.images import Images
from keras_aae.engine.backend import engine
from keras_aae.engine.batch import Block
from keras_aae.engine.batch_loader import BatchLoader, in_order
from keras_aae.engine.phases import PhasedModel
from keras_aae.errors import DivergedError, RecipeError
from keras_aae.lookup import current_terms

EVALUATION_BATCH_SIZE = 250
PERCENTS = (0, 5, 25, 50, 75, 95, 100)
Row = dict[str, Any]
# Short enough for prompt signals and progress, long enough for little overhead.
CHUNK_SECONDS = 1.0


@dataclass
class Progress:
    """State of a training beside the state of its model, as plain values.

    `epoch` and `step` are the numbers of completed epochs and of completed steps in the
    current epoch; `totals` are the (sum, weight) of each tracker in the current epoch;
    `best` is the best value of the monitored term, reached in `best_epoch`; `stopped`
    is true when patience has ended the training.
    """

    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    totals: dict[str, list[float]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    best: float | None = None
    best_epoch: int = 0
    stopped: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return all values as a dict that can be written as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Progress":
        """Create the progress from the result of `to_dict`, also with former names."""
        totals = current_terms(values["totals"])
        history = [current_terms(row) for row in values["history"]]
        return cls(**values | {"totals": totals, "history": history})


class TrainingLoop:
    """Training of a compiled model on the batches of a loader.

    Args:
        model: Compiled `PhasedModel`.
        loader: `BatchLoader` of the training images.
        validation: Images on which the terms are measured after each epoch, or None.
        epochs: Total number of epochs.
        monitor: Column of the history whose best epoch is kept: the highest value of a
            column that the model maximizes, otherwise the lowest. None keeps the last
            epoch.
        patience: Number of epochs without improvement before training stops, or None.
        tracked_images: Images whose code quantiles are added to the history, or None.
        diagnosed_images: Images for the model's `diagnostics`, or None.
        execution: Execution mode, see `engine.backend`; "auto" chooses one.

    Attributes:
        best_weights: Weights of the best epoch, or None.
    """

    def __init__(
        self,
        model: PhasedModel,
        loader: BatchLoader,
        validation: Images | None = None,
        *,
        epochs: int,
        monitor: str | None = None,
        patience: int | None = None,
        tracked_images: np.ndarray | None = None,
        diagnosed_images: np.ndarray | None = None,
        execution: str = "auto",
    ):
        self.model, self.loader, self.validation = model, loader, validation
        self.epochs, self.monitor, self.patience = epochs, monitor, patience
        self.tracked_images, self.diagnosed_images = tracked_images, diagnosed_images
        auto = execution == "auto"
        self.execution = engine.choose_execution(model) if auto else execution
        self.best_weights: list[np.ndarray] | None = None
        self._train = engine.compile_chunk(model, model.training_step, self.execution)
        self._test = compile_test(model)
        self._seconds_per_step: float | None = None
        self._compiled = False

    def run(
        self,
        progress: Progress,
        after_chunk: Callable[[], object],
        after_epoch: Callable[[Row], object],
    ) -> None:
        """Train from `progress` to the last epoch.

        Args:
            progress: State to start from; updated in place.
            after_chunk: Function called after every chunk; it may raise to stop.
            after_epoch: Function called with the new row of the history.

        Raises:
            DivergedError: a term is no longer finite.
        """
        self._restore_totals(progress)
        while not self.finished(progress):
            while progress.step < self.loader.steps:
                self._chunk(progress)
                after_chunk()
            after_epoch(self._end_epoch(progress))

    def finished(self, progress: Progress) -> bool:
        """Return whether training is complete."""
        return progress.stopped or progress.epoch >= self.epochs

    def _chunk(self, progress: Progress) -> None:
        started = time.perf_counter()
        loader, start = self.loader, progress.step
        if start < loader.full_steps:
            width = loader.block_steps
            count = min(self._steps_to_take(width), loader.full_steps - start)
            self._train(loader.block(progress.epoch, start, count, width), count)
            self._time_step((time.perf_counter() - started) / count)
        else:
            count = 1
            self._train(loader.last_block(progress.epoch), 1)
        progress.step += count
        progress.totals = self._read_totals(progress)
        progress.seconds += time.perf_counter() - started

    def _time_step(self, seconds: float) -> None:
        # The first call includes compilation, so its time is not used.
        self._seconds_per_step = seconds if self._compiled else None
        self._compiled = True

    def _steps_to_take(self, width: int) -> int:
        if not self._seconds_per_step:
            return width
        return max(1, min(width, int(CHUNK_SECONDS / self._seconds_per_step)))

    def _end_epoch(self, progress: Progress) -> Row:
        row = self._row(progress)
        progress.history.append(row)
        progress.epoch, progress.step = progress.epoch + 1, 0
        progress.seconds, progress.totals = 0.0, {}
        self.model.reset_metrics()
        self._keep_best(progress, row)
        return row

    def _row(self, progress: Progress) -> Row:
        images = self.loader.images_in(0, self.loader.steps)
        terms = {t.name: float(t.result()) for t in self.model.metrics}
        row = {
            "epoch": progress.epoch + 1,
            "seconds": round(progress.seconds, 3),
            "images_per_second": round(images / max(progress.seconds, 1e-9), 1),
            **terms,
        }
        if self.validation is not None:
            values = measure_terms(self.model, self.validation, self._test)
            row |= {f"val_{name}": value for name, value in values.items()}
        if self.tracked_images is not None:
            row |= code_quantiles(self.model, self.tracked_images)
        if self.diagnosed_images is not None:
            row |= self.model.diagnostics(self.diagnosed_images)
        return row

    def _keep_best(self, progress: Progress, row: Row) -> None:
        if self.monitor is None:
            return
        if self.monitor not in row:
            raise RecipeError(
                f"Unknown monitor {self.monitor!r}. Expected a column of the history: "
                f"{', '.join(row)}."
            )
        sign = -1 if self.model.higher_is_better(self.monitor) else 1
        value = row[self.monitor]
        if progress.best is None or sign * value < sign * progress.best:
            progress.best, progress.best_epoch = value, row["epoch"]
            # On PyTorch the arrays share memory with the weights.
            self.best_weights = [np.array(w) for w in self.model.get_weights()]
        waited = row["epoch"] - progress.best_epoch
        if self.patience is not None and waited >= self.patience:
            progress.stopped = True

    def _read_totals(self, progress: Progress) -> dict[str, list[float]]:
        totals = {
            tracker.name: [float(tracker.total), float(tracker.count)]
            for tracker in self.model.metrics
        }
        for name, (total, _) in totals.items():
            if not math.isfinite(total):
                raise DivergedError(
                    f"{name} is no longer a finite number in epoch {progress.epoch + 1}"
                    f", before step {progress.step + 1}. Try a lower learning rate."
                )
        return totals

    def _restore_totals(self, progress: Progress) -> None:
        self.model.reset_metrics()
        for tracker in self.model.metrics:
            if tracker.name in progress.totals:
                total, count = progress.totals[tracker.name]
                tracker.total.assign(total)
                tracker.count.assign(count)


def compile_test(model: PhasedModel) -> Callable[[Block, int], None]:
    """Return the compiled test step of a model, for `measure_terms`."""
    # For forward passes, XLA takes longer to compile than it saves.
    return engine.compile_chunk(model, model.testing_step, "graph")


def measure_terms(
    model: PhasedModel, images: Images, test: Callable[[Block, int], None] | None = None
) -> dict[str, float]:
    """Compute the mean of every term over images, with the same random draws each time.

    Random generators are restored afterwards, and trackers are reset.
    """
    test = test or compile_test(model)
    with same_randomness(model):
        model.reset_metrics()
        for batch, count in in_order(images, min(EVALUATION_BATCH_SIZE, len(images))):
            test(dict.fromkeys(model.batches, batch), count)
        values = {t.name: float(t.result()) for t in model.metrics}
        model.reset_metrics()
    return values


def code_quantiles(model: PhasedModel, x: np.ndarray) -> dict[str, float]:
    """Compute quantiles of the encoder outputs of images, over all dimensions.

    Returns:
        Quantiles by name, such as z_mean_q05, for each of the `encoder_outputs`.
    """
    return {
        f"{name}_q{percent:02d}": float(value)
        for name, values in model.encoder_outputs(x).items()
        for percent, value in zip(
            PERCENTS, np.percentile(values, PERCENTS), strict=True
        )
    }


@contextmanager
def same_randomness(model: PhasedModel) -> Iterator[None]:
    """Reset random generators to their seeds in the block; restore them afterwards."""
    states = [(v, np.array(ops.convert_to_numpy(v))) for v in model.seed_states]
    for variable, value in states:
        variable.assign(np.array([value[0], 0], value.dtype))
    try:
        yield
    finally:
        for variable, value in states:
            variable.assign(value)
