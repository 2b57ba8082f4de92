"""Diagnostics of adversarial training over the epochs."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator

from keras_aae.errors import UnsupportedError
from keras_aae.figures.history import dimensions, values
from keras_aae.figures.panels import epoch_panels, mark_epochs, with_width
from keras_aae.figures.style import FAINT, INK, PALETTE, house_style, lay_out

PANEL_HEIGHT = 1.9  # inches
CHANCE = (45, 55)  # accuracies in percent that count as chance
ACCURACIES = {  # column: name, color
    "discriminator_accuracy_codes": ("codes", PALETTE[0]),
    "discriminator_accuracy_prior": ("prior", PALETTE[1]),
    "discriminator_accuracy_categories": ("categories", PALETTE[2]),
    "discriminator_accuracy_category_prior": ("category prior", PALETTE[4]),
}
WIDTHS = {"": 0.5, "val_": 1.2}  # line width in points: training, validation
DISTANCES = {  # column: title, nonnegative; an estimate of the MMD may be below 0
    "sliced_wasserstein": ("sliced Wasserstein distance", True),
    "mmd": ("squared MMD", False),
}
DECADE = 10  # largest over smallest distance above which the axis is logarithmic
FEW = 3  # most dimensions drawn one by one
TINTS = {"spread": 0.2, "range": 0.4}  # opacity of a band


def adversarial_diagnostics(history: Iterable[dict[str, Any]]) -> Figure:
    """Draw the discriminator's accuracy, the distances and the moments over the epochs.

    - Accuracy of the discriminator on codes and on samples of the prior. Thin lines are
      training, thick lines validation. The band around chance, the goal, is shaded.
    - Distances between codes and prior, whose goal is 0. The axis is logarithmic where
      the values span more than a factor of 10.
    - Mean of each dimension of the codes, plus and minus one standard deviation. For
      more than three dimensions: the ranges of the means and standard deviations.

    Args:
        history: One dict per epoch with the key `epoch` and any of the columns
            `discriminator_accuracy_codes`, `discriminator_accuracy_prior` (and those of
            the categories), the same with the prefix `val_`, `sliced_wasserstein`,
            `mmd`, `code_mean_0`, `code_std_0`, ... A missing value is '' or nan. A
            missing column has no panel.

    Raises:
        UnsupportedError: the history holds none of these columns.
    """
    history = list(history)
    panels = [*_of_accuracies(history), *_of_distances(history), *_of_codes(history)]
    if not panels:
        raise UnsupportedError(
            "This history has no column for figure 'adversarial-diagnostics'. Expected "
            "at least one of those logged while codes are matched to a prior, such as "
            "discriminator_accuracy_codes. Train an adversarial autoencoder, for "
            "example `keras-aae train aae`."
        )
    return _figure(values(history, "epoch"), panels)


def _of_accuracies(history: list[dict]) -> list:
    lines = {
        prefix + column: 100 * values(history, prefix + column)
        for column in ACCURACIES
        for prefix in WIDTHS
    }
    lines = {name: line for name, line in lines.items() if _known(line)}
    return [partial(_show_accuracies, lines=lines)] if lines else []


def _of_distances(history: list[dict]) -> list:
    lines = {column: values(history, column) for column in DISTANCES}
    return [
        partial(_show_distance, column=column, line=line)
        for column, line in lines.items()
        if _known(line)
    ]


def _of_codes(history: list[dict]) -> list:
    means, deviations = (
        np.array([values(history, name) for name in dimensions(history, prefix)])
        for prefix in ("code_mean_", "code_std_")
    )
    if not (_known(means) and _known(deviations)):
        return []
    show = _show_moments if len(means) <= FEW else _show_ranges
    return [partial(show, means=means, deviations=deviations)]


def _known(numbers: np.ndarray) -> bool:
    return bool(np.isfinite(numbers).any())


@house_style()
def _figure(epochs: np.ndarray, panels: list):
    figure, row = epoch_panels(len(panels), PANEL_HEIGHT)
    margin = 0.03 * np.ptp(epochs) or 0.5
    for axes, show in zip(row, panels, strict=True):
        axes.set_xlim(epochs.min() - margin, epochs.max() + margin)
        show(axes, epochs)
        mark_epochs(axes, least=1)
    lay_out(figure)
    return figure


def _show_accuracies(axes, epochs: np.ndarray, lines: dict[str, np.ndarray]):
    validated = any(name.startswith("val_") for name in lines)
    _show_chance(axes)
    named = {}
    for column, (name, color) in ACCURACIES.items():
        for prefix, width in WIDTHS.items():
            if prefix + column in lines:
                # Without validation there is only one kind of line: draw it thick.
                width = width if validated else WIDTHS["val_"]
                line = lines[prefix + column]
                named[name] = _plot(axes, epochs, line, color, width)
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, CHANCE[0] - 5), max(high, CHANCE[1] + 5))
    title = "discriminator, % right" + (", thin in training" if validated else "")
    _title(axes, title, named)


def _show_chance(axes):
    axes.axhspan(*CHANCE, color=FAINT, alpha=0.25, linewidth=0, zorder=0)
    axes.annotate(
        "chance",
        (1, np.mean(CHANCE)),
        xycoords=axes.get_yaxis_transform(),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
    )


def _show_distance(axes, epochs: np.ndarray, column: str, line: np.ndarray):
    title, positive = DISTANCES[column]
    lowest, highest = np.nanmin(line), np.nanmax(line)
    if positive and highest > DECADE * lowest > 0:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
    else:
        _show_zero(axes)
    _plot(axes, epochs, line, PALETTE[0])
    _title(axes, title)


def _show_moments(axes, epochs: np.ndarray, means, deviations):
    named = {}
    for i, (mean, deviation) in enumerate(zip(means, deviations, strict=True)):
        bounds = np.stack([mean - deviation, mean + deviation])
        _fill(axes, epochs, bounds, PALETTE[i], TINTS["spread"])
        named[f"$z_{i + 1}$"] = _plot(axes, epochs, mean, PALETTE[i])
    _show_zero(axes)
    _title(axes, "codes, mean ± standard deviation", named)


def _show_ranges(axes, epochs: np.ndarray, means, deviations):
    named = {"mean": means, "standard deviation": deviations}
    for i, (name, each) in enumerate(named.items()):
        bounds = np.stack([each.min(axis=0), each.max(axis=0)])
        named[name] = _fill(axes, epochs, bounds, PALETTE[i], TINTS["range"])
    _show_zero(axes)
    _title(axes, f"codes, range over {len(means)} dimensions", named)


def _show_zero(axes):
    axes.axhline(0, color=INK, linewidth=0.5, zorder=1)


def _plot(axes, epochs: np.ndarray, line: np.ndarray, color: str, width: float = 1.0):
    known = np.isfinite(line)
    marker = "." if known.sum() == 1 else ""
    look = {"color": color, "linewidth": width, "markersize": 4 * width}
    return axes.plot(epochs[known], line[known], marker=marker, **look)[0]


def _fill(axes, epochs: np.ndarray, bounds: np.ndarray, color: str, tint: float):
    x, (low, high) = with_width(epochs, bounds)
    look = {"color": color, "alpha": tint, "linewidth": 0}
    axes.fill_between(x, low, high, **look)
    return Patch(**look)


def _title(axes, title: str, named=()):
    """Write the title above the panel, with a legend below it if there are names."""
    named = dict(named)
    if not named:
        axes.set_title(title)
        return
    axes.legend(
        named.values(), named.keys(), title=title, alignment="left", ncols=len(named),
        loc="lower left", bbox_to_anchor=(0, 1), borderpad=0, borderaxespad=0.3,
        title_fontsize="medium", handlelength=1.2, columnspacing=1.2,
    )  # fmt: skip
