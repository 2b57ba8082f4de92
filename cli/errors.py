"""What errors mean to the user: an exit code, and one line of text."""

import errno
from collections.abc import Iterator

import click

# How the backends say it, each by an error of its own.
OUT_OF_MEMORY = (
    "RESOURCE_EXHAUSTED",
    "OOM when allocating",
    "allocate memory",
    "out of memory",
    "bad_alloc",
    "error return without exception set",  # of C code that got none, and says so badly
)
SYSTEM_IS_SHORT_OF = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.EIO,
    errno.EROFS,
)


def outcome(error: BaseException) -> tuple[int, str]:
    """Return the exit code that stands for an error, and what it says."""
    from keras_aae.errors import DivergedError, Interrupted, KerasAAEError

    if isinstance(error, click.ClickException):
        return error.exit_code, error.format_message()
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return 130, "Stopped."
    if isinstance(error, Interrupted):
        return 128 + error.signum, str(error)
    if isinstance(error, KerasAAEError):
        return 3 if isinstance(error, DivergedError) else 1, str(error)
    return 1, _describe(error)


def _describe(error: BaseException) -> str:
    """Return an error that is not one of ours in a line."""
    # What is cleaned up after the memory or the disk has ended fails for other reasons.
    for each in _with_causes(error):
        text = _in_a_line(each)
        if isinstance(each, MemoryError) or any(
            words in text for words in OUT_OF_MEMORY
        ):
            return (
                "the memory is not enough. Set a smaller --batch-size or --limit, or a "
                "smaller network. Checkpoints are as they were."
            )
        if isinstance(each, OSError) and each.errno in SYSTEM_IS_SHORT_OF:
            return (
                f"the system refuses: {text}. Give it what it lacks, and do the same "
                "again. What was saved is as it was."
            )
    text = _in_a_line(error) or type(error).__name__
    return f"unexpected {type(error).__name__}: {text} (--debug shows where)"


def _in_a_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, what it came of, what that came of, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
