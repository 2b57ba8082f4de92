"""Histograms of the units of codes of images and of generated codes."""

import math
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.abilities import GeneratesCodes, ReencodesCodes, supports
from keras_aae.checks import Count, Seed, Several, validated
from keras_aae.data import Dataset
from keras_aae.figures.codes import encode_test_images
from keras_aae.figures.prior_samples import check_same_width, generated_codes
from keras_aae.figures.rows import away
from keras_aae.figures.style import (
    COLUMN,
    PAGE,
    PALETTE,
    add_note,
    house_style,
    lay_out,
)

KIND = "embedding-histograms"
AGAIN = "these decoded and encoded, as the discriminator sees them"
MOST_UNITS = 32
MOST_COLUMNS = 8
NARROW = 3  # most columns of panels that fit a column of the page
LONELY = 2  # peaks above this multiple of the median peak are cut
PANEL = 0.82  # height of a panel in inches
LEAST_ROWS = 1.6  # height of a single row, in rows
BESIDE = 0.7  # inches for the legend above the panels and the name below
TINT = 0.45  # tint of the filled histograms of codes


@validated
def embedding_histograms(
    model: Any,
    dataset: Dataset,
    *,
    n: Count = 5000,
    bins: Several = 30,
    seed: Seed = 0,
) -> Figure:
    """Draw histograms of the first 32 units: codes of test images and generated codes.

    If the discriminator sees generated codes decoded and re-encoded, a third histogram
    shows these.

    All panels have the same axes and the same bins, which cover all codes. Heights are
    the share of the codes in a bin. A bin that exceeds the axes is cut, with its share
    written beside it.

    Args:
        model: Model with `encode`, and with `generate_codes` or a `prior`.
        dataset: Data set whose test images are encoded.
        n: Maximum number of images. As many codes are generated.
        bins: Number of bins of each histogram.
        seed: Seed of the generated codes.

    Raises:
        UnsupportedError: the model cannot encode, or generates no codes of the same
            dimension.
        KerasAAEError: a code is not a finite number.
    """
    codes, _ = encode_test_images(model, dataset, n, KIND, drawn=True)
    generated = generated_codes(model, len(codes), seed, KIND)
    check_same_width(codes, generated, KIND)
    shown = {
        f"codes of {len(codes):,} test images{_part(codes)}": codes,
        f"{len(generated):,} {_kind(model)}": generated,
    }
    if supports(model, ReencodesCodes):
        shown[AGAIN] = model.encode(model.generate(len(codes), seed))
    edges = _edges(shown.values(), bins)
    heights = {name: _shares(z, edges) for name, z in shown.items()}
    return _figure(edges, heights, dataset.note)


def _part(codes: np.ndarray) -> str:
    units = codes.shape[1]
    return "" if units <= MOST_UNITS else f", {MOST_UNITS} of {units} units"


def _kind(model) -> str:
    if supports(model, GeneratesCodes):
        return "generated codes"
    return "samples of the prior"


def _edges(codes, bins: int) -> np.ndarray:
    """Return the edges of bins that cover all values of the units shown."""
    shown = [z[:, :MOST_UNITS] for z in codes]
    low, high = min(z.min() for z in shown), max(z.max() for z in shown)
    return np.linspace(low, max(high, low + 1e-6), bins + 1)


def _shares(codes: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the share of the codes in each bin of each unit shown, (units, bins)."""
    counts = [np.histogram(unit, edges)[0] for unit in codes.T[:MOST_UNITS]]
    return np.array(counts) / len(codes)


@house_style()
def _figure(edges: np.ndarray, heights: dict, note: str):
    units = len(next(iter(heights.values())))
    columns = _columns(units)
    rows = math.ceil(units / columns)
    wide = columns > NARROW
    height = max(rows, LEAST_ROWS) * PANEL + BESIDE
    figure = Figure(figsize=(PAGE if wide else COLUMN, height))
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    panels = list(grid.ravel())
    # Generated codes that are not yet decoded may all lie in the outermost bins.
    top = _top(
        [h for i, h in enumerate(heights.values()) if i != 1 or len(heights) < 3]
    )
    for unit, axes in enumerate(panels[:units]):
        drawn = _panel(axes, edges, [h[unit] for h in heights.values()], top)
        axes.set_title(f"$z_{{{unit + 1}}}$")
    for axes in panels[units:]:
        axes.remove()
    panels[0].set(xlim=edges[[0, -1]], ylim=(0, top))
    panels[0].xaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 4, 5, 10]))
    panels[0].yaxis.set_major_locator(MaxNLocator(nbins=2, steps=[1, 2, 5, 10]))
    for axes in panels[max(0, units - columns) : units]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("$z$")
    for axes in panels[:units:columns]:
        axes.set_ylabel("share")
    figure.legend(
        drawn, heights, loc="outside upper left", ncols=len(heights) if wide else 1
    )
    lay_out(figure)
    add_note(figure, note)
    return figure


def _columns(units: int) -> int:
    """Choose the columns with the fewest empty places; if tied, twice the rows."""

    def ugliness(columns: int) -> tuple[int, int]:
        rows = math.ceil(units / columns)
        return rows * columns - units, abs(columns - 2 * rows)

    most = min(units, MOST_COLUMNS)
    return min(range(math.ceil(most / 2), most + 1), key=ugliness)


def _top(heights: list[np.ndarray]) -> float:
    """Return the upper limit of the panels: above all peaks except a few outliers."""
    peaks = np.max(heights, axis=(0, 2))
    return 1.08 * min(peaks.max(), LONELY * np.median(peaks))


def _panel(axes, edges: np.ndarray, heights: list[np.ndarray], top: float) -> list:
    codes, *generated = heights
    color = 1 - TINT * (1 - np.array(to_rgb(PALETTE[0])))
    drawn = [axes.stairs(codes, edges, fill=True, color=color)]
    for color, shares in zip(PALETTE[1:], generated, strict=False):
        drawn.append(axes.stairs(shares, edges, color=color, linewidth=0.8))
    highest = np.max(heights, axis=0)
    peak = highest.max()
    if peak > top:
        place = highest.argmax()
        late = place > len(highest) / 2  # then there is more room to its left
        axes.annotate(
            f"{peak:.2f}", (edges[place + (not late)], 0.98 * top), va="top",
            ha="right" if late else "left", **away(-3 if late else 3, 0),
        )  # fmt: skip
    return drawn
