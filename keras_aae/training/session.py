"""Training session of one process: the loop, its run folder and stop signals."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from keras_aae.abilities import Generates, require
from keras_aae.engine.loop import Progress, TrainingLoop
from keras_aae.errors import DivergedError, Interrupted, RunError, UnsupportedError
from keras_aae.files import reason
from keras_aae.model_files.saving import save_model
from keras_aae.recipe import Recipe
from keras_aae.runs.checkpoints import Checkpoints
from keras_aae.runs.folder import DONE, STATUS, RunFolder, resume_command
from keras_aae.runs.signals import handling_stops
from keras_aae.training.tensorboard import EventLog

SNAPSHOTS, SNAPSHOT_IMAGES = 50, 25


class Reporter:
    """Receiver of training events; this base class ignores them."""

    def start(
        self, run: RunFolder, recipe: Recipe, progress: Progress, images: int
    ) -> None:
        """Handle the start or resuming of a training with `images` images per epoch."""

    def progress(self, progress: Progress, images: int) -> None:
        """Handle the end of a chunk, after `images` images of the epoch."""

    def epoch(self, row: dict[str, Any]) -> None:
        """Handle the end of an epoch."""

    def note(self, text: str) -> None:
        """Handle a note about an operation that takes a while."""

    def warn(self, text: str) -> None:
        """Handle a warning."""


class Session:
    """Training loop that keeps its run folder up to date.

    Args:
        loop: Training loop, with the model and its best weights, if any.
        progress: State of the training; updated in place.
        run: Locked run folder.
        reporter: Receiver of training events.
        checkpoints: Checkpoints of the run.
        events: `EventLog` to write every epoch to, or None.
    """

    def __init__(
        self,
        loop: TrainingLoop,
        progress: Progress,
        run: RunFolder,
        reporter: Reporter,
        checkpoints: Checkpoints,
        events: EventLog | None = None,
    ):
        self.loop, self.progress, self.folder = loop, progress, run
        self.reporter, self.checkpoints, self.events = reporter, checkpoints, events
        self.stop = _Stop()
        self.warned: set[str] = set()

    def run(self, recipe: Recipe) -> None:
        """Train to the end and save the model in the folder.

        Raises:
            DivergedError: a number is no longer finite; the last good checkpoint stays.
            Interrupted: a signal stopped the training; everything is saved.
            RunError: the last checkpoint, the model or the status cannot be written.
        """
        with handling_stops(self.stop):
            try:
                self._train(recipe)
            except (DivergedError, Interrupted) as error:
                text = str(error)
                self._try(lambda: self.folder.log(text))
                if isinstance(error, Interrupted):
                    self._try(self._save_model)
                raise
            finally:
                if self.events is not None:
                    self._try(self.events.close)
        with required(self.folder, "model.keras"):
            self._save_model()
        self._write_status(finished=True)
        self._try(lambda: self.folder.log(DONE))

    def _train(self, recipe: Recipe) -> None:
        progress, loader = self.progress, self.loop.loader
        # A finished run with no epochs left stays finished, even if killed now.
        self._write_status(
            finished=self.folder.finished and self.loop.finished(progress)
        )
        with required(self.folder, "history.csv"):
            self.folder.write_history(progress.history)
        start = f"start at epoch {progress.epoch}, step {progress.step}"
        self._try(lambda: self.folder.log(start))
        images = loader.images_in(0, loader.steps)
        self.reporter.start(self.folder, recipe, progress, images)
        self.loop.run(progress, self._after_chunk, self._after_epoch)
        self._save_required_checkpoint()

    def _write_status(self, finished: bool) -> None:
        with required(self.folder, STATUS):
            self.folder.write_status(finished=finished)

    def _after_chunk(self) -> None:
        loader, progress = self.loop.loader, self.progress
        self.reporter.progress(progress, loader.images_in(0, progress.step))
        # At the end of an epoch, `_after_epoch` does this after validation.
        if progress.step < loader.steps:
            self._stop_or_save()

    def _after_epoch(self, row: dict[str, Any]) -> None:
        self._try(lambda: self.folder.append_history(row))
        self.reporter.epoch(row)
        self._warn(row)
        self._try(self._save_snapshot)
        events = self.events
        if events is not None:
            self._try(lambda: events.write(row, self.loop.model, self.loop.loader))
        self._stop_or_save()

    def _warn(self, row: dict[str, Any]) -> None:
        """Report the warnings of the model, each kind once."""
        for kind, text in self.loop.model.warnings_from(row).items():
            if kind not in self.warned:
                self.warned.add(kind)
                text = f"Epoch {row['epoch']}: {text}"
                warn(self.folder, self.reporter, text)

    def _save_snapshot(self) -> None:
        """Save images decoded from a few fixed prior samples, for animations."""
        epoch, epochs, model = self.progress.epoch, self.loop.epochs, self.loop.model
        every = max(1, epochs // SNAPSHOTS)
        if epoch % every and epoch not in (1, epochs):
            return
        with suppress(UnsupportedError):
            require(model, Generates, by="A snapshot")
            images = model.generate(SNAPSHOT_IMAGES, seed=model.seed)
            self.folder.write_snapshot(epoch, images)

    def _stop_or_save(self) -> None:
        if self.stop.signum is not None:
            self._save_required_checkpoint()
            go_on = resume_command(self.folder.path)
            raise Interrupted(self.stop.signum, f", and saved. Resume with {go_on}.")
        if self.checkpoints.due:
            self._try(self._save_checkpoint)

    def _save_checkpoint(self) -> None:
        progress, loop = self.progress, self.loop
        steps = progress.epoch * loop.loader.steps + progress.step
        self.checkpoints.save(loop.model, progress, steps, loop.best_weights)

    def _save_required_checkpoint(self) -> None:
        with required(self.folder, "a checkpoint"):
            self._save_checkpoint()

    def _save_model(self) -> None:
        # The best weights replace those of the loop, which cannot train any further.
        if self.loop.best_weights is not None:
            self.loop.model.set_weights(self.loop.best_weights)
        save_model(self.loop.model, self.folder.model_path)

    def _try(self, write: Callable[[], object]) -> None:
        """Write something optional; a failure is only a warning."""
        try:
            write()
        except OSError as error:
            text = (
                f"Could not write to {str(self.folder.path)!r} ({reason(error)}). "
                "Training continues, and older checkpoints are intact."
            )
            warn(self.folder, self.reporter, text)


@contextmanager
def required(run: RunFolder, what: str) -> Iterator[None]:
    """Turn a failed write of a required file into a RunError.

    Raises:
        RunError: the file cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise RunError(
            f"Could not write {what} in {str(run.path)!r}: {reason(error)}. Older "
            f"checkpoints are intact. Free disk space and {resume_command(run.path)}."
        ) from error


class _Stop:
    """Signal handler: the first signal stops cleanly, a second one exits at once."""

    signum: int | None = None

    def __call__(self, signum: int) -> None:
        if self.signum is not None:
            os._exit(128 + signum)
        self.signum = signum


def warn(run: RunFolder, reporter: Reporter, text: str) -> None:
    """Send a warning to the reporter and, if possible, to the log."""
    with suppress(OSError):
        run.log(text)
    reporter.warn(text)
