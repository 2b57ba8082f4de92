"""Rows of images with names and an optional axis."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.figures.grid import WHITE, thin_gap, tile
from keras_aae.figures.style import (
    DPI,
    EDGE,
    INK,
    NOTE_SIZE,
    PAGE,
    TILE,
    add_note,
    house_style,
    image_figure,
    pixel_scale,
)

MOST_ROWS = 12  # more are drawn in two blocks side by side
AXIS = 0.34  # inches below the images for an axis and its label


@house_style()
def named_rows(
    rows: Sequence[np.ndarray],
    names: Sequence[str],
    note: str,
    *,
    left: float | None = None,
    along: tuple[str, np.ndarray] | None = None,
) -> Figure:
    """Draw rows of images, one below the other, with a name to the left of each.

    Args:
        rows: Images of each row, (n, H, W, C).
        names: Names of the rows.
        note: Note of the data set, printed below the figure.
        left: Width of the names in inches; None fits them.
        along: Name and n values of the quantity that varies along a row, for an axis.

    Returns:
        The `Figure`.
    """
    height, width = rows[0].shape[1:3]
    gap, side = thin_gap(rows[0]), max(height, width)
    left = _inches(names) if left is None else left
    strips = [tile(row, columns=len(row)) for row in rows]
    room = PAGE - left - EDGE
    image, corners = in_blocks(strips, gap, between=left, room=room, side=side)
    margins = (left, AXIS if along else 0)
    figure, axes = image_figure(image, tile=side, margins=margins)
    for (x, y), name in zip(corners, names, strict=True):
        place = (x - 0.5, y + (height - 1) / 2)
        axes.annotate(name, place, **away(-3, 0), ha="right", va="center")
    if along:
        lefts = sorted({x for x, _ in corners})
        _show_axis(
            axes, *along, firsts=np.add(lefts, (width - 1) / 2), step=width + gap
        )
    add_note(figure, note)
    return figure


def _inches(names: Sequence[str]) -> float:
    return 0.1 + 0.05 * max(map(len, names))


def _show_axis(
    axes: Axes, name: str, values: np.ndarray, firsts: np.ndarray, step: int
) -> None:
    axes.set_axis_on()
    axes.spines[:].set_visible(False)
    axes.set_yticks([])
    axes.set_xlabel(name)
    places, texts = marks(values, step)
    axes.set_xticks(np.add.outer(firsts, places).ravel(), texts * len(firsts))


def in_blocks(
    strips: Sequence[np.ndarray],
    below: int,
    *,
    line: float = 0.0,
    between: float,
    room: float,
    side: int,
    largest: float = TILE,
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Stack strips of equal size; many strips are stacked in two blocks side by side.

    Args:
        strips: Strips, each (H, W, C).
        below: Gap below a strip in white pixels.
        line: Additional gap below a strip in inches, for text.
        between: Gap between the blocks in inches.
        room: Maximum total width in inches.
        side: Longer side, in pixels, of the small images in the strips.
        largest: Maximum side of the small images in inches.

    Returns:
        Image of all strips, and the x and y of the top left pixel of each strip.
    """
    height, width, channels = strips[0].shape
    blocks = 2 if len(strips) > MOST_ROWS else 1
    rows = -(-len(strips) // blocks)
    scale = pixel_scale(blocks * width, room - (blocks - 1) * between, side, largest)
    gap, below = int(between * DPI / scale), below + math.ceil(line * DPI / scale)
    shape = (rows * (height + below) - below, blocks * (width + gap) - gap, channels)
    image = np.full(shape, WHITE, "float32")
    places = [divmod(i, rows) for i in range(len(strips))]
    corners = [(block * (width + gap), i * (height + below)) for block, i in places]
    for strip, (x, y) in zip(strips, corners, strict=True):
        image[y : y + height, x : x + width] = strip
    return image, corners


def marks(values: np.ndarray, step: float) -> tuple[np.ndarray, list[str]]:
    """Return ticks at round numbers on an axis with `values` at 0, step, 2 step, ...

    Returns:
        Positions of the ticks, and their labels.
    """
    low, high = values[0], values[-1]
    numbers = MaxNLocator(nbins=9, steps=[1, 2, 5, 10]).tick_values(low, high)
    numbers = numbers[(numbers >= low - 1e-9) & (numbers <= high + 1e-9)]
    places = step * np.interp(numbers, values, np.arange(len(values)))
    return places, [f"{n:g}".replace("-", "\N{MINUS SIGN}") for n in numbers]


def away(right: float, up: float) -> dict[str, Any]:
    """Return annotation options for small text at an offset in points."""
    return {
        "xytext": (right, up),
        "textcoords": "offset points",
        "size": NOTE_SIZE,
        "color": INK,
    }
