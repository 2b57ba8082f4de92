"""A training's events as JSON, one object a line, for programs that follow it.

Each has its kind under "event": start, progress, epoch, warning, done or error.
"""

import json
import math
from typing import Any

import click

from .errors import outcome


def emit(event: dict[str, Any]) -> None:
    """Print an event; numbers that are not finite, which JSON lacks, become null."""
    click.echo(json.dumps(_finite(event)))


def read_event(line: str) -> dict[str, Any] | None:
    """Return the event that a line holds, or None if it is something else."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


class EventCommand(click.Command):
    """A command that ends in an event of its error, where --progress asks for events."""

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
