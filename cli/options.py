"""Options and parameter types that several commands share."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

from keras_aae.checks import validate
from keras_aae.errors import KerasAAEError
from keras_aae.lookup import check_name
from keras_aae.recipe import BACKENDS
from keras_aae.registry import DATASETS


def say_new_name(old: str, new: str) -> None:
    """Print the new name of a renamed thing to stderr."""
    if old != new:
        click.echo(f"{old} is now called {new}.", err=True)


class Name(click.ParamType):  # type: ignore[type-arg]
    """Name in a registry; an unknown one is refused with the choices."""

    def __init__(self, menu: dict[str, Any], kind: str):
        self.menu, self.name = menu, kind

    def get_metavar(
        self, param: click.Parameter, ctx: click.Context | None = None
    ) -> str:
        return self.name.upper()

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        try:
            name = check_name(value, self.menu, self.name)
        except KerasAAEError as error:
            self.fail(str(error), param, ctx)
        say_new_name(value, name)
        return name


class Assignment(click.ParamType):  # type: ignore[type-arg]
    """KEY=VALUE, where VALUE is JSON or else text."""

    name = "key=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        key, equals, text = value.partition("=")
        if not equals or not key:
            self.fail(
                f"Invalid setting {value!r}. Expected KEY=VALUE, e.g. epochs=10.",
                param,
                ctx,
            )
        try:
            return key.replace("-", "_"), json.loads(text)
        except ValueError:
            return key.replace("-", "_"), text


class Value(click.ParamType):  # type: ignore[type-arg]
    """Number of a type of `keras_aae.checks`, which states its bounds."""

    def __init__(self, annotation: Any, name: str = "integer"):
        self.annotation, self.name = annotation, name

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        try:
            return validate(str(param and param.name), _number(value), self.annotation)
        except KerasAAEError as error:
            self.fail(str(error), param, ctx)


def _number(text: Any) -> Any:
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


class WholeNumbers(click.ParamType):  # type: ignore[type-arg]
    """Comma-separated whole numbers."""

    name = "n,n,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        try:
            return [int(part) for part in value.split(",") if part]
        except ValueError:
            self.fail(
                f"Invalid list {value!r}. Expected whole numbers, e.g. 500,500.",
                param,
                ctx,
            )


def debug_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--debug`, which `keras_aae.cli.main` reads before any command runs."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        help="Show the traceback of an error.",
    )(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print the result as JSON."
    )(function)


def progress_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--progress`."""
    return click.option(
        "--progress",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Text (a bar on a terminal, else lines), or JSON events, one object per "
        "line: start, progress, epoch, note, warning, done, error.",
    )(function)


def data_dir_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--data-dir`."""
    return click.option(
        "--data-dir",
        envvar="KERAS_AAE_DATA",
        type=click.Path(file_okay=False),
        help="Folder to search first for data sets. [env: KERAS_AAE_DATA]",
    )(function)


def backend_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--backend`."""
    return click.option(
        "--backend",
        type=click.Choice(BACKENDS),
        help="Keras backend. [default: KERAS_BACKEND, else the first one installed]",
    )(function)


def dataset_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--dataset`."""
    return click.option(
        "--dataset",
        metavar="NAME|PATH",
        help=f"Data set: {', '.join(DATASETS)}, an image folder, or an .npz or .npy "
        "file. [default: mnist, or digits with a warning]",
    )(function)


def other_dataset_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--dataset` to a command that has the data set of a run."""
    return click.option(
        "--dataset",
        metavar="NAME|PATH",
        help="Use another data set, as in `train`. [default: the run's]",
    )(function)
