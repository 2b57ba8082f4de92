"""Every term of the objective over the epochs."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from keras_aae.errors import KerasAAEError
from keras_aae.figures.history import terms, values
from keras_aae.figures.panels import epoch_panels, mark_epochs
from keras_aae.figures.style import PALETTE, house_style, lay_out

LINES = {  # name: prefix of its column, look
    "train": ("", {"color": PALETTE[0], "linestyle": "-"}),
    "validation": ("val_", {"color": PALETTE[1], "linestyle": "--"}),
}
PANEL_HEIGHT = 1.6  # inches


def learning_curves(history):
    """One small panel a term, its training and validation values over the epochs.

    The loss has a panel unless a term is the whole of it; quantiles of codes and the
    health of adversarial training have none.

    Args:
        history: one dict an epoch: `epoch`, the terms, and each again with `val_` in
            front where it was measured; '' or nan where a value is missing.

    Raises:
        KerasAAEError: the history holds no values.
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


def _curves(history: list[dict], term: str) -> dict:
    """Name of each line that has values: its (epochs, values)."""
    lines = {}
    for name, (prefix, _) in LINES.items():
        points = np.stack([values(history, "epoch"), values(history, prefix + term)])
        points = points[:, np.isfinite(points[1])]
        if points.size:
            lines[name] = points
    return lines


def _same(lines: dict, others: dict) -> bool:
    """Whether two terms have the same lines, up to the rounding of a float32."""
    return lines.keys() == others.keys() and all(
        lines[name].shape == others[name].shape
        and np.allclose(lines[name], others[name], rtol=1e-6, atol=0)
        for name in lines
    )


def in_nats(term: str) -> bool:
    """Whether the name of a term says that it is in nats per example."""
    return term in ("neg_elbo", "kl") or term.endswith(("_nll", "_kl"))


@house_style()
def _figure(curves: dict):
    figure, panels = epoch_panels(len(curves), PANEL_HEIGHT)
    for panel, (term, lines) in zip(panels, curves.items(), strict=True):
        _panel(panel, term, lines)
    lay_out(figure)
    return figure


def _panel(axes, term: str, lines: dict):
    axes.set_title(term)
    axes.set_ylabel("nats per example" if in_nats(term) else "")
    mark_epochs(axes)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    for name, (x, y) in lines.items():
        axes.plot(x, y, marker="." if len(x) == 1 else "", **LINES[name][1])
    axes.margins(y=0.2)
    if len(lines) > 1:
        _label_ends(axes, lines)


def _label_ends(axes, lines: dict):
    """Name each line at its end, the higher one above, the lower one below."""
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
