"""Progress of a training: a live bar, plain lines, or JSON events."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from keras_aae.recipe import Recipe

from .events import emit

if TYPE_CHECKING:
    from keras_aae.engine.loop import Progress
    from keras_aae.runs.folder import RunFolder


class EventReporter:
    """Reporter that emits events; `keras_aae.training.Reporter` documents the calls.

    Args:
        emit_event: Function called with each event, a dict of plain values.
    """

    def __init__(self, emit_event: Callable[[dict[str, Any]], object] = emit):
        self.emit_event = emit_event

    def start(
        self, run: "RunFolder", recipe: Recipe, progress: "Progress", images: int
    ) -> None:
        """Emit the run, its recipe, and the epoch and step it starts from."""
        self.epochs, self.images = recipe.epochs, images
        event: dict[str, Any] = {
            "run": str(run.path),
            "recipe": recipe.name,
            "dataset": recipe.dataset,
        }
        event |= {"seed": recipe.seed, "epochs": recipe.epochs, "images": images}
        event |= {"epoch": progress.epoch, "step": progress.step}
        self.emit_event({"event": "start"} | event)

    def progress(self, progress: "Progress", images: int) -> None:
        """Emit the number of images seen in this epoch and the mean terms so far."""
        event = {"epoch": progress.epoch + 1, "epochs": self.epochs}
        event |= {"images": images, "of": self.images}
        self.emit_event(
            {"event": "progress"} | event | {"terms": _terms_so_far(progress)}
        )

    def epoch(self, row: dict[str, Any]) -> None:
        """Emit an epoch's row of the history."""
        self.emit_event({"event": "epoch", "epochs": self.epochs, "row": row})

    def note(self, text: str) -> None:
        """Emit a note on an operation that takes a while."""
        self.emit_event({"event": "note", "text": text})

    def warn(self, text: str) -> None:
        """Emit a warning."""
        self.emit_event({"event": "warning", "text": text})

    def stop(self) -> None:
        """Do nothing: there is no bar to remove."""


class LineReporter(EventReporter):
    """Reporter that prints one line per epoch.

    Args:
        err: Print to stderr.
        quiet: Print only notes and warnings.
    """

    def __init__(self, err: bool = False, quiet: bool = False):
        super().__init__(self.write)
        self.err, self.quiet = err, quiet
        # On a terminal the next line overwrites a note.
        self.noted = False

    def write(self, event: dict[str, Any]) -> None:
        """Print an event; warnings and notes always go to stderr."""
        self._erase_note()
        if event["event"] == "note":
            self.noted = sys.stderr.isatty()
            click.echo(f"{event['text']} ...", err=True, nl=not self.noted)
            return
        if event["event"] == "warning":
            click.secho(lines_of(event)[0], fg="yellow", err=True)
            return
        for line in lines_of(event):
            self.print(line)

    def _erase_note(self) -> None:
        if self.noted:
            click.echo("\r\033[K", err=True, nl=False)
            self.noted = False

    def print(self, text: str) -> None:
        """Print a line of progress, unless quiet."""
        if not self.quiet:
            click.echo(text, err=self.err)


class BarReporter(LineReporter):
    """Reporter that prints the same lines above a live bar with the remaining time."""

    def start(
        self, run: "RunFolder", recipe: Recipe, progress: "Progress", images: int
    ) -> None:
        """Show a new bar in place of the previous one."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.stop()
        super().start(run, recipe, progress, images)
        self.title = f"{recipe.name}, seed {recipe.seed}: " if self.quiet else ""
        self.done = progress.epoch
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            transient=True,
        )
        self.task = self.bar.add_task(
            f"{self.title}compiling",
            total=recipe.epochs * images,
            completed=self.done * images,
            speed="",
        )
        self.started: float | None = None
        self.bar.start()

    def progress(self, progress: "Progress", images: int) -> None:
        """Move the bar."""
        seen = self.done * self.images + images
        if self.started is None:
            self.started, self.first = time.monotonic(), seen
        seconds = max(time.monotonic() - self.started, 1e-9)
        speed = (seen - self.first) / seconds
        terms = "  ".join(f"{k} {v:.4g}" for k, v in _terms_so_far(progress).items())
        self.bar.update(
            self.task,
            completed=seen,
            description=f"{self.title}epoch {progress.epoch + 1}  {terms}",
            speed=f"{speed:,.0f} images/s",
        )

    def epoch(self, row: dict[str, Any]) -> None:
        """Print the epoch's line above the bar."""
        self.done = row["epoch"]
        super().epoch(row)

    def print(self, text: str) -> None:
        """A line above the bar, if there is one."""
        if hasattr(self, "bar") and not self.quiet:
            self.bar.console.print(text, highlight=False, soft_wrap=True)
        else:
            super().print(text)

    def stop(self) -> None:
        """Remove the bar."""
        if hasattr(self, "bar"):
            self.bar.stop()
            del self.bar


def lines_of(event: dict[str, Any]) -> list[str]:
    """Return an event as lines of text; progress has none."""
    kind = event["event"]
    if kind == "start":
        where = f"{event['recipe']} on {event['dataset']} in {event['run']}"
        done = f"Resuming after {event['epoch']} epochs, {event['step']} steps"
        resuming = event["epoch"] or event["step"]
        return [f"Training {where}", *([done] if resuming else [])]
    if kind == "epoch":
        epochs, row = event["epochs"], event["row"]
        number = f"{row['epoch']:>{len(str(epochs))}}/{epochs}"
        return [f"epoch {number}  {describe_row(row)}"]
    return [f"Warning: {event['text']}"] if kind == "warning" else []


def describe_row(row: dict[str, Any]) -> str:
    """Return the terms and images per second of a history row as one line."""
    hidden = ("epoch", "seconds", "images_per_second", "loss", "val_loss")
    terms = "  ".join(
        f"{name} {'nan' if value is None else format(value, '.4g')}"
        for name, value in row.items()
        if name not in hidden and not name.startswith("code_")
    )
    return f"{terms}  {row['images_per_second']:,.0f} images/s"


def _terms_so_far(progress: "Progress") -> dict[str, float]:
    """Return the mean of each term over the current epoch so far."""
    return {
        name: total / weight
        for name, (total, weight) in progress.totals.items()
        if name != "loss" and weight
    }


@contextmanager
def reporting(
    as_json: bool = False, quiet: bool = False, events: bool = False
) -> Iterator[EventReporter]:
    """Yield a reporter: a bar on a terminal, lines elsewhere; close it at the end.

    Args:
        as_json: Print the lines to stderr, since stdout is for JSON.
        quiet: Show the bar, notes and warnings only.
        events: Print JSON events instead.
    """
    live = sys.stdout.isatty() and not as_json
    lines = BarReporter(quiet=quiet) if live else LineReporter(as_json, quiet)
    reporter = EventReporter() if events else lines
    try:
        yield reporter
    finally:
        reporter.stop()
