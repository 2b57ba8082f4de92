"""Progress of several seeds at once: a live bar each, plain lines, or JSON events."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .events import emit, read_event
from .progress import describe_row, lines_of

if TYPE_CHECKING:
    from rich.progress import Progress

    from .processes import End

OUTCOMES = {0: "done", 3: "diverged", 129: "stopped", 130: "stopped", 143: "stopped"}


class SeedLines:
    """Listener of `ParallelProcesses` that prints each line with its seed.

    Args:
        err: Print to stderr.

    Attributes:
        errors: Dict of seed to the error message of its training.
    """

    def __init__(self, err: bool = False):
        self.err = err
        self.errors: dict[int, str] = {}

    def output(self, seed: int, text: str) -> None:
        """Handle an event; print any other line to stderr."""
        event = read_event(text)
        if event is None:
            self.error(seed, text)
        elif event["event"] == "error":
            self.errors[seed] = event["text"]
        else:
            self.event(seed, event)

    def event(self, seed: int, event: dict[str, Any]) -> None:
        """Print the lines of an event."""
        for line in lines_of(event):
            to_stderr = self.err or event["event"] == "warning"
            click.echo(f"seed {seed}: {line}", err=to_stderr)

    def error(self, seed: int, text: str) -> None:
        """Print a line that is not an event."""
        click.echo(f"seed {seed}: {text}", err=True)

    def end(self, seed: int, end: "End") -> None:
        """Print the outcome of a training."""
        click.echo(f"seed {seed}: {_outcome(end)}", err=self.err)

    def reason(self, seed: int, end: "End") -> str:
        """Return why a training failed: its error event or last error line."""
        last = end.line.removeprefix("Error: ")
        return (
            self.errors.get(seed) or last or f"exit code {end.code}, no error message"
        )


class SeedEvents(SeedLines):
    """Listener that prints each event as JSON with its seed."""

    def event(self, seed: int, event: dict[str, Any]) -> None:
        """Print an event."""
        emit({"seed": seed} | event)

    def end(self, seed: int, end: "End") -> None:
        """Print the outcome of a training as an event."""
        emit({"seed": seed, "event": "end", "code": end.code, "outcome": _outcome(end)})


class SeedBars(SeedLines):
    """Listener with a live bar for each seed; other output is printed above the bars.

    Args:
        bars: Started `rich.progress.Progress`.
        seeds: Seeds to be trained.
        epochs: Number of epochs of each training.
    """

    def __init__(self, bars: "Progress", seeds: Iterable[int], epochs: int):
        super().__init__()
        self.bars, self.epochs = bars, epochs
        self.tasks = {
            seed: bars.add_task(f"seed {seed}", total=epochs, start=False, terms="")
            for seed in seeds
        }

    def event(self, seed: int, event: dict[str, Any]) -> None:
        """Move the seed's bar, or print a warning above the bars."""
        kind = event["event"]
        if kind == "start":
            self.bars.start_task(self.tasks[seed])
            self._update(seed, "compiling", completed=event["epoch"])
        elif kind == "epoch":
            row = event["row"]
            self._update(seed, describe_row(row), completed=row["epoch"])
        elif kind == "warning":
            self.error(seed, *lines_of(event))

    def error(self, seed: int, text: str) -> None:
        """Print a line above the bars."""
        text = f"seed {seed}: {text}"
        self.bars.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def end(self, seed: int, end: "End") -> None:
        """Stop the seed's bar, filled if the training finished."""
        # Early stopping may end a training before its last epoch.
        values = {} if end.code else {"completed": self.epochs}
        self._update(seed, _outcome(end), **values)
        self.bars.stop_task(self.tasks[seed])

    def _update(self, seed: int, terms: str, **values: Any) -> None:
        self.bars.update(self.tasks[seed], terms=terms, **values)


@contextmanager
def listening_to(
    seeds: Iterable[int], epochs: int, as_json: bool, progress: str
) -> Iterator[SeedLines]:
    """Yield a listener: bars on a terminal, lines elsewhere, events for "json".

    With `as_json` the lines go to stderr.
    """
    if progress == "json":
        yield SeedEvents()
        return
    if as_json or not sys.stdout.isatty():
        yield SeedLines(as_json)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.table import Column

    terms = Column(no_wrap=True, overflow="ellipsis", ratio=1)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(20),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[terms]}", table_column=terms),
        expand=True,
    ) as bars:
        yield SeedBars(bars, seeds, epochs)


def _outcome(end: "End") -> str:
    return OUTCOMES.get(end.code, f"failed, exit code {end.code}")
