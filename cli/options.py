"""Options and arguments that several commands share."""

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
    """Say on stderr what something is called now, if it has another name."""
    if old != new:
        click.echo(f"{old} is now called {new}.", err=True)


class Name(click.ParamType):  # type: ignore[type-arg]
    """A name on a menu; a wrong one is answered with the choices."""

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
    """KEY=VALUE, the value read as JSON where it is JSON and as text otherwise."""

    name = "key=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        key, equals, text = value.partition("=")
        if not equals or not key:
            self.fail(f"{value!r} is not KEY=VALUE, for example epochs=10.", param, ctx)
        try:
            return key.replace("-", "_"), json.loads(text)
        except ValueError:
            return key.replace("-", "_"), text


class Value(click.ParamType):  # type: ignore[type-arg]
    """A number of a type of `keras_aae.checks`; another is answered with the bounds."""

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
    """Whole numbers with commas between."""

    name = "n,n,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        try:
            return [int(part) for part in value.split(",") if part]
        except ValueError:
            self.fail(f"{value!r} is not a list such as 500,500.", param, ctx)


def debug_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--debug`, read in `keras_aae.cli.main` before any command runs."""
    return click.option(
        "--debug", is_flag=True, expose_value=False, help="Show tracebacks of errors."
    )(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print JSON for programs."
    )(function)


def progress_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--progress`."""
    return click.option(
        "--progress",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="A bar or lines, or for programs events: a JSON object a line, of event "
        "start, progress, epoch, warning, done or error.",
    )(function)


def data_dir_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--data-dir`."""
    return click.option(
        "--data-dir",
        envvar="KERAS_AAE_DATA",
        type=click.Path(file_okay=False),
        help="Folder to look for data sets in first. [env: KERAS_AAE_DATA]",
    )(function)


def backend_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--backend`."""
    return click.option(
        "--backend",
        type=click.Choice(BACKENDS),
        help="Engine. [default: KERAS_BACKEND, else TensorFlow if installed]",
    )(function)


def dataset_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--dataset`."""
    return click.option(
        "--dataset",
        metavar="NAME|PATH",
        help=f"{', '.join(DATASETS)}, image folder, .npz or .npy file. "
        "[default: mnist, or digits with a warning]",
    )(function)
