"""The training loop: chunks of compiled steps, validation, early stopping.

It knows nothing of files: whoever runs it is told after every chunk and every epoch, and
can put its `Progress` away and give it back to go on, exactly.
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
# A call of about this long keeps signals and progress lively and its overhead small.
CHUNK_SECONDS = 1.0


@dataclass
class Progress:
    """Where a training is, beside the model's own state; plain values.

    `epoch` and `step` count what is done; `totals` are the trackers' (sum, weight) in
    the epoch under way; `best` is the monitored term at its best, in `best_epoch`;
    `stopped` says that patience ended the training.
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
        """Ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Progress":
        """Return the inverse of `to_dict`, terms under today's names."""
        totals = current_terms(values["totals"])
        history = [current_terms(row) for row in values["history"]]
        return cls(**values | {"totals": totals, "history": history})


class TrainingLoop:
    """Trains a compiled model on a feed.

    Args:
        model: A compiled `PhasedModel`.
        loader: The `BatchLoader` of training images.
        validation: Images to measure the same terms on after each epoch, or None.
        epochs: To train in all.
        monitor: Column of the history whose best epoch is kept, the highest of those that
            the model maximizes and the lowest of others. None keeps the last epoch.
        patience: Epochs without a better value after which to stop, or None.
        tracked_images: Images the quantiles of whose codes join the history, or None.
        diagnosed_images: Images that the model's `diagnostics` is measured on, or None.
        execution: See `engine.backend`; "auto" chooses.

    Attributes:
        best_weights: The weights of the best epoch, or None.
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
        """Train from `progress` to the end, moving it along.

        Args:
            progress: Where to start; changed in place.
            after_chunk: Called after every chunk; may raise to stop there.
            after_epoch: Called with the new row of the history.

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
        """Whether nothing is left to do."""
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
        # The first call compiles, and says nothing of the next ones.
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
                f"Unknown monitor {self.monitor!r}. The history has {', '.join(row)}."
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
    """The model's test step, compiled for `measure_terms`."""
    # XLA would take longer to compile than it saves on forward passes.
    return engine.compile_chunk(model, model.testing_step, "graph")


def measure_terms(
    model: PhasedModel, images: Images, test: Callable[[Block, int], None] | None = None
) -> dict[str, float]:
    """The mean of every term over images, one random draw each, the same every time.

    The model's random numbers and trackers are left as they were found (empty trackers).
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
    """The quantiles of what a model's encoder says of images, over all dimensions.

    Returns:
        z_mean_q05 and so on: percents of the values of each of its `encoder_outputs`.
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
    """Random generators start from their seeds inside and go on as before after it."""
    states = [(v, np.array(ops.convert_to_numpy(v))) for v in model.seed_states]
    for variable, value in states:
        variable.assign(np.array([value[0], 0], value.dtype))
    try:
        yield
    finally:
        for variable, value in states:
            variable.assign(value)
