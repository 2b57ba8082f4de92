"""The program `keras-aae`: its group of commands, and the handling of errors."""

import os
import sys
import traceback

import click

from keras_aae.errors import suggestion
from keras_aae.lookup import current_name

from .errors import outcome
from .options import say_new_name

STOPPED = 128  # exit codes above this are 128 + the signal's number

COMMANDS = {
    "train": ("keras_aae.cli.train", "train"),
    "resume": ("keras_aae.cli.train", "resume"),
    "export": ("keras_aae.cli.export", "export"),
    "evaluate": ("keras_aae.cli.evaluate", "evaluate"),
    "report": ("keras_aae.cli.report", "report"),
    "probe": ("keras_aae.cli.probe", "probe"),
    "transfer": ("keras_aae.cli.transfer", "transfer"),
    "encode": ("keras_aae.cli.coding", "encode"),
    "decode": ("keras_aae.cli.coding", "decode"),
    "figures": ("keras_aae.cli.figures", "figures"),
    "list": ("keras_aae.cli.listing", "list_"),
    "inspect": ("keras_aae.cli.listing", "inspect"),
}


class LazyGroup(click.Group):
    """Group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name]
        return getattr(__import__(module, fromlist=[attribute]), attribute)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        args = [_current_flag(word) for word in args]
        near = suggestion(args[0], COMMANDS) if args else ""
        if near and args[0] not in COMMANDS:
            ctx.fail(f"No such command {args[0]!r}.{near}")
        return super().resolve_command(ctx, args)


def _current_flag(word: str) -> str:
    """Return a word of the command line, with a renamed flag under its new name."""
    flag, equals, value = word.partition("=")
    new = current_name("flag", flag)
    say_new_name(flag, new)
    return new + equals + value


@click.group(
    cls=LazyGroup,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "KERAS_AAE",
    },
)
@click.version_option(package_name="keras-aae")
def cli() -> None:
    """Train, evaluate and visualize autoencoders, VAEs, AAEs, SENs and GANs.

    \b
    Example:
      keras-aae train vae --latent-dim 2
      keras-aae export latent-sweep runs/vae_mnist_20260101-120000
    """


def main() -> None:
    """Run the command line; turn an error into one line and an exit code."""
    debug = "--debug" in sys.argv[1:] or bool(os.environ.get("KERAS_AAE_DEBUG"))
    try:
        cli.main(standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has closed the pipe; keep the interpreter from failing at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except BaseException as error:
        if debug and not isinstance(error, SystemExit):
            traceback.print_exc()
        sys.exit(_report(error))


def _report(error: BaseException) -> int | str:
    """Print an error to stderr and return the exit code."""
    if isinstance(error, SystemExit):
        return error.code or 0
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    code, text = outcome(error)
    click.echo(text if code >= STOPPED else f"Error: {text}", err=True)
    return code
