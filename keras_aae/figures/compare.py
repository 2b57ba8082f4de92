"""Metrics of several models side by side."""

import math
from contextlib import suppress
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.checks import Seed, validated
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation import Metrics, evaluate
from keras_aae.figures.style import (
    FAINT,
    PAGE,
    PALETTE,
    add_note,
    house_style,
    lay_out,
)

LESS, MORE = "less is better", "more is better"
# Each measures something different, so that no two panels are redundant.
USUAL = {
    "mse": LESS,
    "neg_elbo": LESS,
    "nll": LESS,
    "fid": LESS,
    "fid_mixture": LESS,
    "interpolation_energy": LESS,
    "prior_sliced_wasserstein": LESS,
    "probe_knn_1000": MORE,
    "probe_logistic_10000": MORE,
    "kmeans_accuracy": MORE,
    "test_error": LESS,
}
COLUMNS = 3
ROW, HEAD = 0.18, 0.62  # inches per model, and above and below all of them
BEYOND = 0.2  # margin left and right, as a share of the range of the values


@validated
def compare(
    models: dict[str, Any],
    dataset: Dataset,
    *,
    metrics: Metrics | None = None,
    seed: Seed = 0,
) -> Figure:
    """Draw metrics of several models, one panel per metric and one row per model.

    A row is empty if the metric does not apply to the model.

    Args:
        models: Mapping of headings to models, of any families.
        dataset: Data set whose test images the models are evaluated on.
        metrics: One or several names in `registry.METRICS`. None selects those of
            `USUAL` that apply to at least one model.
        seed: Seed of the random draws.

    Raises:
        UnsupportedError: a given metric, or every one of `USUAL`, applies to no model.
        RecipeError: a name is unknown.
    """
    numbers = {}  # name -> heading -> number
    for name in USUAL if metrics is None else metrics:
        found = _measured(name, models, dataset, seed)
        if metrics is not None and not found:
            raise UnsupportedError(
                f"Metric {name!r} applies to none of these models. Expected one that "
                "applies to at least one. Choose another; `keras-aae list metrics` "
                "describes each."
            )
        numbers |= found
    if not numbers:
        raise UnsupportedError(
            "No default metric applies to any of these models. Choose metrics, for "
            """example metrics='["nll"]'."""
        )
    return _figure(numbers, list(models), dataset.note)


def _measured(metric: str, models: dict, dataset, seed: int) -> dict:
    """Compute the values of a metric: name of each value -> heading -> value."""
    numbers = {}
    for heading, model in models.items():
        with suppress(UnsupportedError):
            found = evaluate(model, dataset, seed=seed, names=[metric])
            for name, value in found.items():
                numbers.setdefault(name, {})[heading] = value
    return numbers


@house_style()
def _figure(numbers: dict, headings: list[str], note: str):
    columns = min(COLUMNS, len(numbers))
    rows = math.ceil(len(numbers) / columns)
    height = rows * (HEAD + ROW * len(headings))
    figure = Figure(figsize=(PAGE, height))
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for panel, (name, values) in zip(panels, numbers.items(), strict=False):
        _panel(panel, name, [values.get(heading) for heading in headings])
    for panel in panels[len(numbers) :]:
        panel.remove()
    places = range(len(headings))
    panels[0].set(yticks=places, yticklabels=headings, ylim=(len(headings) - 0.5, -0.5))
    lay_out(figure)
    add_note(figure, note)
    return figure


def _panel(axes, name: str, values: list):
    """Draw one point per model on a faint line, with its value beside it."""
    better = USUAL.get(name)
    axes.set_title(f"{name}\n{better}" if better else f"{name}\n")
    axes.grid(axis="y", color=FAINT, alpha=0.25, linewidth=0.4)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    known = [value for value in values if value is not None]
    reach = BEYOND * (max(known) - min(known) or abs(known[0]) or 1)
    axes.set_xlim(min(known) - reach, max(known) + reach)
    middle = (min(known) + max(known)) / 2
    for place, value in enumerate(values):
        if value is None:
            continue
        axes.plot(value, place, marker="o", markersize=3.5, color=PALETTE[0])
        left = value > middle
        axes.annotate(
            f"{value:#.4g}", (value, place), xytext=(-4 if left else 4, 0),
            textcoords="offset points", ha="right" if left else "left", va="center",
            size=6,
        )  # fmt: skip
