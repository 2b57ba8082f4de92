"""Drawing a figure by its name on the menu."""

import inspect

from keras_aae.errors import KerasAAEError
from keras_aae.lookup import check_name, load_entry
from keras_aae.registry import FIGURES

INPUTS = ("model", "models", "dataset", "history", "snapshots", "seed")
HINTS = {"snapshots": "Only runs of models with a prior leave them. "}


def draw(
    name: str,
    *,
    model=None,
    models=None,
    dataset=None,
    history=None,
    snapshots=None,
    seed=0,
    **options,
):
    """Draw the figure `name`, handing it what its signature asks for.

    Args:
        name: a name on `keras_aae.registry.FIGURES`.
        model: what can encode, decode, reconstruct or generate, as the figure needs.
        models: heading -> model, for a figure of several.
        dataset: the images to draw; its `note`, if any, stands under every figure.
        history: rows of terms, one an epoch.
        snapshots: epoch -> images decoded at its end, always of the same codes.
        seed: of whatever the figure draws at random.
        **options: the figure's own.

    Returns:
        A `matplotlib.figure.Figure`, registered nowhere, or an `Animation`.

    Raises:
        KerasAAEError: unknown figure or option, or an input that it needs is missing.
        UnsupportedError: the model cannot do what the figure needs.
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
    """Whether the figure shows several models side by side."""
    return _takes(name, "models")


def shows_snapshots(name: str) -> bool:
    """Whether the figure shows images that a training kept on its way."""
    return _takes(name, "snapshots")


def _takes(name: str, given: str) -> bool:
    figure_function = load_entry(name, FIGURES, "figure")
    return given in inspect.signature(figure_function).parameters


def stands_alone(name: str) -> bool:
    """Whether the figure needs neither model nor data."""
    wanted = inspect.signature(load_entry(name, FIGURES, "figure")).parameters
    return not set(INPUTS[:-1]) & set(wanted)


def file_name(name: str) -> str:
    """What the figure's file is called if nothing else is said."""
    from keras_aae.figures.animation import Animation

    figure_function = load_entry(name, FIGURES, "figure")
    moves = inspect.signature(figure_function).return_annotation is Animation
    return f"{name}.gif" if moves else f"{name}.png"


def check_options(name: str, options):
    """Check that the figure takes all of these options.

    Raises:
        KerasAAEError: it does not; the message lists what it takes.
    """
    wanted = inspect.signature(load_entry(name, FIGURES, "figure")).parameters
    choices = {key: None for key in wanted if key not in INPUTS}
    if options and not choices:
        raise KerasAAEError(
            f"Figure {name!r} takes no options. Received: {', '.join(options)}."
        )
    for option in options:
        check_name(option, choices, f"option of figure {name!r}:")


def _check_inputs(name: str, inputs: dict, wanted: dict):
    needed = [key for key in inputs if wanted[key].default is inspect.Parameter.empty]
    missing = [key for key in needed if inputs[key] is None]
    if missing:
        hints = "".join(HINTS.get(key, "") for key in missing)
        raise KerasAAEError(
            f"Figure {name!r} needs {' and '.join(missing)}. {hints}"
            f"Pass {', '.join(f'{key}=...' for key in missing)}."
        )


def _add_note(figure, dataset):
    from keras_aae.figures.style import add_note

    add_note(figure, dataset.note)
