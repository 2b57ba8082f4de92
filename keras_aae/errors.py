"""Every error the library raises on purpose; the command line turns these into one line."""

import difflib
import signal
from collections.abc import Iterable


class KerasAAEError(ValueError):
    """The request cannot be met; the message says what is wrong and what to do."""


class DataError(KerasAAEError):
    """A data set is missing, damaged or not what was expected."""


class ModelFileError(KerasAAEError):
    """A model file is damaged, unsafe or from another program."""


class RecipeError(KerasAAEError):
    """A recipe holds an unknown name or a value that makes no sense."""


class RunError(KerasAAEError):
    """A run folder is missing, in use, damaged or would be overwritten."""


class UnsupportedError(KerasAAEError):
    """The model cannot do what a figure or a metric asks of it."""


class DivergedError(KerasAAEError):
    """A term of the objective, or a weight, is no longer a finite number."""


class Interrupted(Exception):
    """A signal ended the work; what was done is saved, and the message says how to go on.

    Args:
        signum: The signal.
        text: What is said after its name.

    Attributes:
        signum: The signal.
    """

    def __init__(self, signum: int, text: str):
        super().__init__(f"Stopped by {signal.Signals(signum).name}{text}")
        self.signum = signum


def suggestion(name: object, known: Iterable[str]) -> str:
    """Return " Did you mean ...?" with the nearest of the known names, or ""."""
    near = difflib.get_close_matches(str(name), known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
