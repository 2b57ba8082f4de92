"""Learning curves: the terms of the objective over the epochs."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.errors import KerasAAEError
from keras_aae.figures.history import terms, values
from keras_aae.figures.panels import epoch_panels, mark_epochs
from keras_aae.figures.style import PALETTE, house_style, lay_out

LINES = {  # name: prefix of its column, line style
    "train": ("", {"color": PALETTE[0], "linestyle": "-"}),
    "validation": ("val_", {"color": PALETTE[1], "linestyle": "--"}),
}
PANEL_HEIGHT = 1.6  # inches


def learning_curves(history: Iterable[dict[str, Any]]) -> Figure:
    """Draw training and validation values over the epochs, one panel per term.

    The loss has a panel unless it equals a single term. Quantiles of codes and
    diagnostics of adversarial training have none.

    Args:
        history: Metrics of each epoch, one dict per epoch: `epoch`, the terms, and
            their validation values with the prefix `val_`. A missing value is '' or
            nan.

    Raises:
        KerasAAEError: The history holds no values.
    """
    history = list(history)
    curves = {term: _curves(history, term) for term in terms(history)}
    curves = {term: lines for term, lines in curves.items() if lines}
    loss = curves.pop("loss", None)
    if loss and not any(_same(loss, lines) for lines in curves.values()):
        curves = {"loss": loss} | curves
    if not curves:
        raise KerasAAEError(
            "The history holds no values to draw. Train for at least one epoch."
        )
    return _figure(curves)


def _curves(history: list[dict[str, Any]], term: str) -> dict[str, Any]:
    """Return (epochs, values) of each line that has finite values, by its name."""
    lines = {}
    for name, (prefix, _) in LINES.items():
        points = np.stack([values(history, "epoch"), values(history, prefix + term)])
        points = points[:, np.isfinite(points[1])]
        if points.size:
            lines[name] = points
    return lines


def _same(lines: dict[str, np.ndarray], others: dict[str, np.ndarray]) -> bool:
    """Return whether two terms have equal lines, up to float32 rounding."""
    return lines.keys() == others.keys() and all(
        lines[name].shape == others[name].shape
        and np.allclose(lines[name], others[name], rtol=1e-6, atol=0)
        for name in lines
    )


def in_nats(term: str) -> bool:
    """Return whether a term is measured in nats per example."""
    return term in ("neg_elbo", "kl") or term.endswith(("_nll", "_kl"))


@house_style()
def _figure(curves: dict[str, Any]) -> Figure:
    figure, panels = epoch_panels(len(curves), PANEL_HEIGHT)
    for panel, (term, lines) in zip(panels, curves.items(), strict=True):
        _panel(panel, term, lines)
    lay_out(figure)
    return figure


def _panel(axes: Axes, term: str, lines: dict[str, Any]) -> None:
    axes.set_title(term)
    axes.set_ylabel("nats per example" if in_nats(term) else "")
    mark_epochs(axes)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    for name, (x, y) in lines.items():
        axes.plot(x, y, marker="." if len(x) == 1 else "", **LINES[name][1])
    axes.margins(y=0.2)
    if len(lines) > 1:
        _label_ends(axes, lines)


def _label_ends(axes: Axes, lines: dict[str, Any]) -> None:
    """Write the name of each line at its end, above the higher and below the lower."""
    highest = max(lines, key=lambda name: lines[name][1][-1])
    for name, (x, y) in lines.items():
        above = name == highest
        axes.annotate(
            name,
            (x[-1], y[-1]),
            xytext=(0, 2.5 if above else -2.5),
            textcoords="offset points",
            ha="right",
            va="bottom" if above else "top",
            size=6.5,
            color=LINES[name][1]["color"],
        )
