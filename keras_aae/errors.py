"""Errors that the library raises; the command line prints each as one line."""

import difflib
import signal
from collections.abc import Iterable


class KerasAAEError(ValueError):
    """Base class of the errors; the message says what is wrong and what to do."""


class DataError(KerasAAEError):
    """A missing, damaged or unsuitable data set."""


class ModelFileError(KerasAAEError):
    """A model file that is damaged, unsafe or from another program."""


class RecipeError(KerasAAEError):
    """An unknown name or an invalid value in a recipe."""


class RunError(KerasAAEError):
    """A run folder that is missing, in use, damaged or would be overwritten."""


class UnsupportedError(KerasAAEError):
    """A figure or a metric that the model does not support."""


class DivergedError(KerasAAEError):
    """A loss term or a weight that is no longer a finite number."""


class Interrupted(Exception):
    """A stop by a signal; progress is saved, and the message says how to resume.

    Args:
        signum: Number of the signal.
        text: Text of the message after the name of the signal.

    Attributes:
        signum: Number of the signal.
    """

    def __init__(self, signum: int, text: str):
        super().__init__(f"Stopped by {signal.Signals(signum).name}{text}")
        self.signum = signum


def suggestion(name: object, known: Iterable[str]) -> str:
    """Return " Did you mean ...?" with the nearest known name, or ""."""
    near = difflib.get_close_matches(str(name), known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
