"""Translation of errors to an exit code and one line of text."""

import errno
from collections.abc import Iterator

import click

# Each backend reports it by an error of its own.
OUT_OF_MEMORY = (
    "RESOURCE_EXHAUSTED",
    "OOM when allocating",
    "allocate memory",
    "out of memory",
    "bad_alloc",
    "error return without exception set",  # C code whose allocation failed
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
    """Return the exit code and the message of an error."""
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
    """Return a one-line message for an error that is not a `KerasAAEError`."""
    # When memory or disk space runs out, cleaning up fails with errors of other kinds.
    for each in _with_causes(error):
        text = _in_a_line(each)
        if isinstance(each, MemoryError) or any(
            words in text for words in OUT_OF_MEMORY
        ):
            return (
                "Out of memory. Reduce --batch-size, --limit or the network. Existing "
                "checkpoints are intact."
            )
        if isinstance(each, OSError) and each.errno in SYSTEM_IS_SHORT_OF:
            return (
                f"System error: {text}. Free the resource and retry. Saved files are "
                "intact."
            )
    text = _in_a_line(error).rstrip(".") or "no message"
    return (
        f"Unexpected {type(error).__name__}: {text}. Run again with --debug for the "
        "traceback."
    )


def _in_a_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, its cause, the cause of that, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
