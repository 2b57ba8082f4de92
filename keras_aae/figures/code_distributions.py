"""Distributions of the codes over the epochs of a training."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.errors import UnsupportedError
from keras_aae.figures.history import quantiles, values
from keras_aae.figures.panels import mark_epochs, with_width
from keras_aae.figures.style import COLUMN, PAGE, PALETTE, house_style, lay_out

PANEL_HEIGHT = 2.0  # inches
TINTS = (0.2, 0.6)  # share of the median's color in the widest and the narrowest band
MEDIAN = "median"


def code_distributions(history: Iterable[dict[str, Any]]) -> Figure:
    """Draw quantiles over the epochs, one panel per quantity, such as `z_mean`.

    A band lies between the quantiles of p and 100 - p percent. The narrower the band,
    the darker it is. The line is the median.

    Args:
        history: One dict per epoch with the key `epoch` and columns such as
            `z_mean_q05`, the 5 % quantile of `z_mean` over the tracked images. A
            missing value is '' or nan.

    Raises:
        UnsupportedError: the history has no such columns.
    """
    history = list(history)
    panels = {
        quantity: _curves(history, columns)
        for quantity, columns in quantiles(history).items()
    }
    panels = {quantity: curves for quantity, curves in panels.items() if curves}
    if not panels:
        raise UnsupportedError(
            "This history has no columns for figure 'code-distributions'. Expected "
            "quantiles of the codes, such as z_mean_q05. Train with track_codes=500 "
            "(`--set track_codes=500`), which logs those of 500 images."
        )
    return _figure(values(history, "epoch"), panels)


def _curves(history: list[dict], columns: dict[int, str]) -> dict[str, np.ndarray]:
    """Map each band or line, widest first, to its lower and upper quantiles."""
    pairs = [(p, 100 - p) for p in sorted(columns) if p <= 50 and 100 - p in columns]
    curves = {}
    for low, high in pairs:
        name = MEDIAN if low == high else f"{low}–{high} %"
        bounds = np.stack([values(history, columns[p]) for p in (low, high)])
        if np.isfinite(bounds).all(axis=0).any():
            curves[name] = bounds
    return curves


@house_style()
def _figure(epochs: np.ndarray, panels: dict[str, dict[str, np.ndarray]]):
    figure = Figure(figsize=(COLUMN if len(panels) == 1 else PAGE, PANEL_HEIGHT))
    row = figure.subplots(1, len(panels), squeeze=False)[0]
    drawn = {}
    for axes, (quantity, curves) in zip(row, panels.items(), strict=True):
        drawn |= _panel(axes, epochs, curves)
        axes.set_title(quantity)
    figure.legend(drawn.values(), drawn.keys(), loc="outside right upper")
    lay_out(figure)
    return figure


def _panel(axes, epochs: np.ndarray, curves: dict[str, np.ndarray]) -> dict:
    drawn, wide = {}, {name: with_width(epochs, curves[name]) for name in curves}
    bands = [name for name in curves if name != MEDIAN]
    for name, tint in zip(bands, np.linspace(*TINTS, len(bands)), strict=True):
        # Opaque, so that the colors match the legend.
        color = 1 - tint * (1 - np.array(to_rgb(PALETTE[0])))
        x, bounds = wide[name]
        drawn[name] = axes.fill_between(x, *bounds, color=color, linewidth=0.3)
    if MEDIAN in curves:
        x, (median, _) = wide[MEDIAN]
        (drawn[MEDIAN],) = axes.plot(x, median, color=PALETTE[0])
    axes.set_xlabel("epoch")
    mark_epochs(axes, least=1)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    return drawn
