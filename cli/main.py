"""`keras-aae`: the group of commands, and what becomes of errors."""

import errno
import os
import sys
import traceback

import click

from keras_aae import __version__
from keras_aae.registry import suggestion

COMMANDS = {
    "train": ("cli.train", "train"),
    "resume": ("cli.train", "resume"),
    "export": ("cli.export", "export"),
    "evaluate": ("cli.evaluate", "evaluate"),
    "report": ("cli.report", "report"),
    "probe": ("cli.probe", "probe"),
    "transfer": ("cli.transfer", "transfer"),
    "encode": ("cli.coding", "encode"),
    "decode": ("cli.coding", "decode"),
    "figures": ("cli.figures", "figures"),
    "list": ("cli.listing", "list_"),
    "inspect": ("cli.listing", "inspect"),
}


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


class LazyGroup(click.Group):
    """Imports a command when it is named."""

    def list_commands(self, ctx):
        return list(COMMANDS)

    def get_command(self, ctx, name):
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name]
        return getattr(__import__(module, fromlist=[attribute]), attribute)

    def resolve_command(self, ctx, args):
        near = suggestion(args[0], COMMANDS) if args else ""
        if near and args[0] not in COMMANDS:
            ctx.fail(f"No such command {args[0]!r}.{near}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "KERAS_AAE",
    },
)
@click.version_option(__version__, prog_name="keras-aae")
def cli():
    """Train, look into and compare autoencoders, VAEs, AAEs, SENs and GANs.

    \b
    Example:
      keras-aae train vae --latent-dim 2
      keras-aae export latent-sweep runs/vae_mnist_20260101-120000
    """


def main() -> None:
    """Run the command line; every foreseen error is one line and an exit code."""
    debug = "--debug" in sys.argv[1:] or bool(os.environ.get("KERAS_AAE_DEBUG"))
    try:
        cli.main(standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except BaseException as error:
        if debug and not isinstance(error, SystemExit):
            traceback.print_exc()
        sys.exit(_report(error))


def _report(error: BaseException) -> int:
    """Tell the user, on stderr, and return the exit code."""
    from keras_aae.errors import DivergedError, KerasAAEError

    if isinstance(error, SystemExit):
        return error.code or 0
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        click.echo("Stopped.", err=True)
        return 130
    if hasattr(error, "signum"):
        click.echo(error, err=True)
        return 128 + error.signum
    if isinstance(error, KerasAAEError):
        click.echo(f"Error: {error}", err=True)
        return 3 if isinstance(error, DivergedError) else 1
    click.echo(f"Error: {_describe(error)}", err=True)
    return 1


def _describe(error: BaseException) -> str:
    """An error that is not one of ours, in a line."""
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


def _with_causes(error: BaseException | None):
    """An error, what it came of, what that came of, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
