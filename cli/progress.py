"""Progress of a training: a live bar on a terminal, a line an epoch elsewhere."""

import sys
import time
from contextlib import contextmanager

import click


class LineReporter:
    """One plain line an epoch; see `keras_aae.training.Reporter` for the calls.

    Args:
        err: Write them to stderr.
        quiet: Write none but warnings.
    """

    def __init__(self, err: bool = False, quiet: bool = False):
        self.err, self.quiet = err, quiet

    def start(self, run, recipe, progress, images):
        """Say what is trained and where."""
        self.epochs = recipe.epochs
        self.print(f"Training {recipe.name} on {recipe.dataset} in {run.path}")
        if progress.epoch or progress.step:
            self.print(f"Going on after {progress.epoch} epochs, {progress.step} steps")

    def progress(self, progress, images):
        """Nothing: a line an epoch is enough."""

    def epoch(self, row):
        """The epoch's terms."""
        self.print(describe_epoch(row, self.epochs))

    def note(self, text):
        """What is being done, on stderr, in one line that the next one replaces."""
        live = sys.stderr.isatty()
        click.echo(f"\r\033[K{text} ..." if live else text, err=True, nl=not live)
        self.noted = live

    def warn(self, text):
        """A warning that cannot be missed."""
        click.secho(f"Warning: {text}", fg="yellow", err=True)

    def print(self, text):
        """A line of progress."""
        if not self.quiet:
            click.echo(text, err=self.err)

    def stop(self):
        """Nothing to take away."""


def describe_epoch(row: dict, epochs: int) -> str:
    """One line: epoch, terms, images per second."""
    hidden = ("epoch", "seconds", "images_per_second", "loss", "val_loss")
    terms = "  ".join(
        f"{k} {v:.4g}"
        for k, v in row.items()
        if k not in hidden and not k.startswith("code_")
    )
    return (
        f"epoch {row['epoch']:>{len(str(epochs))}}/{epochs}  {terms}  "
        f"{row['images_per_second']:,.0f} images/s"
    )


class BarReporter(LineReporter):
    """The same lines under a live bar with the time left."""

    def start(self, run, recipe, progress, images):
        """Show the bar, in the place of the last one."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.stop()
        super().start(run, recipe, progress, images)
        self.title = f"{recipe.name}, seed {recipe.seed}: " if self.quiet else ""
        self.images, self.done = images, progress.epoch
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
        self.started = None
        self.bar.start()

    def progress(self, progress, images):
        """Move the bar."""
        seen = self.done * self.images + images
        if self.started is None:
            self.started, self.first = time.monotonic(), seen
        seconds = max(time.monotonic() - self.started, 1e-9)
        speed = (seen - self.first) / seconds
        terms = "  ".join(
            f"{name} {total / weight:.4g}"
            for name, (total, weight) in progress.totals.items()
            if name != "loss" and weight
        )
        self.bar.update(
            self.task,
            completed=seen,
            description=f"{self.title}epoch {progress.epoch + 1}  {terms}",
            speed=f"{speed:,.0f} images/s",
        )

    def epoch(self, row):
        """The epoch's line above the bar."""
        self.done = row["epoch"]
        super().epoch(row)

    def print(self, text):
        """A line above the bar, if there is one."""
        if hasattr(self, "bar") and not self.quiet:
            self.bar.console.print(text, highlight=False, soft_wrap=True)
        else:
            super().print(text)

    def stop(self):
        """Take the bar away."""
        if hasattr(self, "bar"):
            self.bar.stop()
            del self.bar


@contextmanager
def reporting(as_json: bool = False, quiet: bool = False):
    """A bar on a terminal, lines elsewhere; beside JSON the lines go to stderr.

    A quiet one has the bar alone.
    """
    live = sys.stdout.isatty() and not as_json
    reporter = BarReporter(quiet=quiet) if live else LineReporter(as_json, quiet)
    try:
        yield reporter
    finally:
        reporter.stop()
