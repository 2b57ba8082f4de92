"""Training events as JSON, one object per line, for programs that follow a training.

The key "event" holds the kind: start, progress, epoch, note, warning, done or error.
"""

import json
import math
from typing import Any

import click

from .errors import outcome


def emit(event: dict[str, Any]) -> None:
    """Print an event; nan and inf, which JSON lacks, become null."""
    click.echo(json.dumps(_finite(event)))


def read_event(line: str) -> dict[str, Any] | None:
    """Return the event in a line, or None if the line is not an event."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


class EventCommand(click.Command):
    """Command that reports its error as an event with `--progress json`."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            if ctx.params["progress"] == "json":
                code, text = outcome(error)
                emit({"event": "error", "code": code, "text": text})
            raise


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
