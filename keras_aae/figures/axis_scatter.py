"""Sparsity of codes: the points of two units that lie on an axis."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.checks import Count, Share, validated
from keras_aae.data import Dataset
from keras_aae.figures.classes import legend, show_classes
from keras_aae.figures.codes import Pair, check_pair, encode_test_images
from keras_aae.figures.style import (
    COLUMN,
    FAINT,
    INK,
    add_note,
    house_style,
    lay_out,
)

HEIGHT = 3.2  # inches
STRIP = 0.2  # width of the strip of points on an axis, as a share of the unit's range
GAP = 0.04  # gap between strip and plane, as a share of the unit's range
GOLDEN = (5**0.5 - 1) / 2  # its multiples, modulo 1, fill a line evenly
NAME = {
    "size": 6,
    "color": INK,
    "ha": "center",
    "bbox": {"pad": 0.5, "facecolor": "white", "edgecolor": "none", "alpha": 0.7},
}


@validated
def axis_scatter(
    model: Any,
    dataset: Dataset,
    *,
    n: Count = 10000,
    units: Pair = (0, 1),
    tolerance: Share = 0.01,
) -> Figure:
    """Draw two units of the test images' codes, and the share of points on an axis.

    A unit is zero in a code where |z| <= tolerance (max z - min z), over the images
    drawn. A point is on an axis if at least one of its two units is zero. Such points
    would overlap, so they are drawn in a strip beside the plane: their position along
    the strip is the other unit, their position across it has no meaning. Points at the
    origin fill the corner of the two strips, class by class.

    Args:
        model: Model with `encode`.
        dataset: Data set whose test images are encoded.
        n: Maximum number of images, evenly spaced in the test set.
        units: Two units of the code, counted from 0.
        tolerance: Share of a unit's range that counts as zero.

    Raises:
        UnsupportedError: the model cannot encode, or its codes have one dimension.
        KerasAAEError: a code is not a finite number, or there are no such units.
    """
    codes, labels = encode_test_images(model, dataset, n, "axis-scatter", least=2)
    pair = check_pair("units", units, codes.shape[1])
    names = [f"$z_{{{unit + 1}}}$" for unit in pair]
    codes = codes[:, pair]
    zero = near_zero(codes, tolerance)
    return _figure(codes, zero, labels, dataset, names, tolerance)


def near_zero(codes: np.ndarray, tolerance: float) -> np.ndarray:
    """Return where |z| <= tolerance (max z - min z) of the unit, (n, units) of bool."""
    return np.abs(codes) <= tolerance * np.ptp(codes, axis=0)


@house_style()
def _figure(codes, zero, labels, dataset, names, tolerance):
    # The layout must be set before a color bar is added.
    figure = Figure(figsize=(COLUMN, HEIGHT), layout="constrained")
    axes = figure.add_subplot()
    low, span = codes.min(axis=0), np.ptp(codes, axis=0)
    span[span == 0] = 1.0  # a constant unit
    across = _across(codes, zero, labels)
    strips = low - span * (GAP + STRIP * (0.95 - 0.9 * across))
    show_classes(axes, np.where(zero, strips, codes), labels)
    legend(axes, labels, dataset.class_names)
    _draw_axes(axes, low, span, names)
    axes.set_title(_title(zero, names, tolerance))
    lay_out(figure)
    add_note(figure, dataset.note)
    return figure


def _across(codes: np.ndarray, zero: np.ndarray, labels) -> np.ndarray:
    """Return the positions of points across their strips, (n, 2) in [0, 1]."""
    across = np.zeros_like(codes)
    for unit in (0, 1):
        # Neighbors along the strip are placed far apart across it.
        rows = np.flatnonzero(zero[:, unit])
        rows = rows[codes[rows, 1 - unit].argsort(kind="stable")]
        across[rows, unit] = np.arange(len(rows)) * GOLDEN % 1
    # Points at the origin differ in their class alone.
    rows = np.flatnonzero(zero.all(axis=1))
    rows = rows if labels is None else rows[labels[rows].argsort(kind="stable")]
    side = np.ceil(np.sqrt(max(len(rows), 1)))
    grid = np.divmod(np.arange(len(rows)), side)
    across[rows] = (np.stack(grid, axis=1) + 0.5) / side
    return across


def _draw_axes(axes, low: np.ndarray, span: np.ndarray, names):
    """Shade and name the strips; limit ticks and spines to the plane."""
    far, near, high = low - span * (GAP + STRIP), low - span * GAP, low + span
    shade = {"color": FAINT, "alpha": 0.15, "linewidth": 0, "zorder": 0}
    axes.axvspan(far[0], near[0], **shade)
    axes.axhspan(far[1], near[1], **shade)
    axes.set_xlim(far[0], high[0] + 0.03 * span[0])
    axes.set_ylim(far[1], high[1] + 0.03 * span[1])
    middle = (far + near) / 2
    axes.text(middle[0], high[1], f"{names[0]} = 0", va="top", **NAME)
    axes.text(high[0], middle[1], f"{names[1]} = 0", va="center", rotation=270, **NAME)
    for i, (axis, side) in enumerate(((axes.xaxis, "bottom"), (axes.yaxis, "left"))):
        ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low[i], high[i])
        axis.set_ticks(ticks[(ticks >= low[i]) & (ticks <= high[i])])
        axis.set_label_text(names[i])
        axes.spines[side].set_bounds(low[i], high[i])


def _title(zero: np.ndarray, names, tolerance: float) -> str:
    alone = (zero & ~zero[:, ::-1]).mean(axis=0)
    return (
        f"{zero.any(axis=1).mean():.1%} of {len(zero):,} points on an axis\n"
        f"{names[0]} = 0: {alone[0]:.1%}   {names[1]} = 0: {alone[1]:.1%}   "
        f"both: {zero.all(axis=1).mean():.1%}\n"
        f"zero: |z| up to {100 * tolerance:.3g}% of the unit's range"
    )
