"""Drawing a figure by its name on the menu."""

import inspect

from keras_aae.errors import KerasAAEError
from keras_aae.registry import FIGURES, check_name, load_entry

INPUTS = ("model", "dataset", "history", "seed")


def draw(name: str, *, model=None, dataset=None, history=None, seed=0, **options):
    """Draw the figure `name`, handing it what its signature asks for.

    Args:
        name: a name on `keras_aae.registry.FIGURES`.
        model: what can encode, decode, reconstruct or generate, as the figure needs.
        dataset: the images to draw; its `note`, if any, stands under every figure.
        history: rows of terms, one an epoch.
        seed: of whatever the figure draws at random.
        **options: the figure's own.

    Returns:
        A `matplotlib.figure.Figure`, registered nowhere.

    Raises:
        KerasAAEError: unknown figure or option, or an input that it needs is missing.
        UnsupportedError: the model cannot do what the figure needs.
    """
    figure_function = load_entry(name, FIGURES, "figure")
    wanted = inspect.signature(figure_function).parameters
    _check_options(name, options, wanted)
    given = {"model": model, "dataset": dataset, "history": history, "seed": seed}
    inputs = {key: value for key, value in given.items() if key in wanted}
    _check_inputs(name, inputs)
    figure = figure_function(**inputs, **options)
    if dataset is not None and "dataset" not in wanted:
        _add_note(figure, dataset)
    return figure


def _check_options(name: str, options: dict, wanted: dict):
    choices = {key: None for key in wanted if key not in INPUTS}
    if options and not choices:
        raise KerasAAEError(
            f"Figure {name!r} takes no options. Received: {', '.join(options)}."
        )
    for option in options:
        check_name(option, choices, f"option of figure {name!r}:")


def _check_inputs(name: str, inputs: dict):
    missing = [key for key, value in inputs.items() if value is None]
    if missing:
        raise KerasAAEError(
            f"Figure {name!r} needs {' and '.join(missing)}. "
            f"Pass {', '.join(f'{key}=...' for key in missing)}."
        )


def _add_note(figure, dataset):
    from keras_aae.figures.style import add_note

    add_note(figure, dataset.note)
