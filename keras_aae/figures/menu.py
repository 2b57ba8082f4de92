"""Drawing of a figure by its registered name."""

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from keras_aae.errors import KerasAAEError
from keras_aae.lookup import check_name, load_entry
from keras_aae.registry import FIGURES

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from keras_aae.data import Dataset
    from keras_aae.figures.animation import Animation

INPUTS = ("model", "models", "dataset", "history", "snapshots", "seed")
HINTS = {"snapshots": "Only runs of models with a prior store them. "}


def draw(
    name: str,
    *,
    model: Any = None,
    models: Mapping[str, Any] | None = None,
    dataset: "Dataset | None" = None,
    history: Iterable[dict[str, Any]] | None = None,
    snapshots: Mapping[int, "np.ndarray"] | None = None,
    seed: int = 0,
    **options: Any,
) -> "Figure | Animation":
    """Draw a figure by name, passing the inputs in its signature.

    Args:
        name: Name in `keras_aae.registry.FIGURES`.
        model: Model with the abilities that the figure requires.
        models: Models by heading, for a figure of several models.
        dataset: Data set to draw; its `note`, if any, is printed below the figure.
        history: Metrics of each epoch, one dict per epoch.
        snapshots: Images decoded from fixed codes, by epoch.
        seed: Seed of the random draws of the figure.
        **options: Options of the figure.

    Returns:
        A `matplotlib.figure.Figure` that pyplot does not manage, or an `Animation`.

    Raises:
        KerasAAEError: A figure or option is unknown, or a required input is missing.
        UnsupportedError: The model lacks an ability that the figure requires.
    """
    figure_function = load_entry(name, FIGURES, "figure")
    check_options(name, options)
    wanted = inspect.signature(figure_function).parameters
    given = {"model": model, "models": models, "dataset": dataset}
    given |= {"history": history, "snapshots": snapshots or None, "seed": seed}
    inputs = {key: value for key, value in given.items() if key in wanted}
    _check_inputs(name, inputs, wanted)
    figure = figure_function(**inputs, **options)
    if dataset is not None and "dataset" not in wanted:
        _add_note(figure, dataset)
    return figure


def compares(name: str) -> bool:
    """Return whether a figure shows several models side by side."""
    return _takes(name, "models")


def shows_snapshots(name: str) -> bool:
    """Return whether a figure shows images stored during training."""
    return _takes(name, "snapshots")


def _takes(name: str, given: str) -> bool:
    figure_function = load_entry(name, FIGURES, "figure")
    return given in inspect.signature(figure_function).parameters


def stands_alone(name: str) -> bool:
    """Return whether a figure needs neither a model nor data."""
    wanted = inspect.signature(load_entry(name, FIGURES, "figure")).parameters
    return not set(INPUTS[:-1]) & set(wanted)


def file_name(name: str) -> str:
    """Return the default file name of a figure."""
    from keras_aae.figures.animation import Animation

    figure_function = load_entry(name, FIGURES, "figure")
    moves = inspect.signature(figure_function).return_annotation is Animation
    return f"{name}.gif" if moves else f"{name}.png"


def check_options(name: str, options: Iterable[str]) -> None:
    """Check that a figure accepts the given options.

    Raises:
        KerasAAEError: An option is unknown. The message lists the accepted options.
    """
    wanted = inspect.signature(load_entry(name, FIGURES, "figure")).parameters
    choices = {key: None for key in wanted if key not in INPUTS}
    if options and not choices:
        raise KerasAAEError(
            f"Figure {name!r} takes no options. Received: {', '.join(options)}."
        )
    for option in options:
        check_name(option, choices, f"option of figure {name!r}:")


def _check_inputs(
    name: str, inputs: dict[str, Any], wanted: Mapping[str, inspect.Parameter]
) -> None:
    needed = [key for key in inputs if wanted[key].default is inspect.Parameter.empty]
    missing = [key for key in needed if inputs[key] is None]
    if missing:
        hints = "".join(HINTS.get(key, "") for key in missing)
        raise KerasAAEError(
            f"Figure {name!r} needs {' and '.join(missing)}. {hints}"
            f"Pass {', '.join(f'{key}=...' for key in missing)}."
        )


def _add_note(figure: "Figure", dataset: "Dataset") -> None:
    from keras_aae.figures.style import add_note

    add_note(figure, dataset.note)
