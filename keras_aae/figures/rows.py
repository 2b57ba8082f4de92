"""Rows of images on a page: their names, and numbers along them."""

import math
from collections.abc import Sequence

import numpy as np
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

MOST_ROWS = 12  # more stand in two blocks side by side
AXIS = 0.34  # inches below images, for numbers and their name


@house_style()
def named_rows(
    rows: Sequence[np.ndarray],
    names: Sequence[str],
    note: str,
    *,
    left: float | None = None,
    along: tuple[str, np.ndarray] | None = None,
):
    """Rows of images, one under the other, each named at its left.

    Args:
        rows: each n images, (n, H, W, C).
        names: one a row.
        note: of the data set, for under the figure.
        left: inches for the names; what they need if None.
        along: name and n values of what changes along a row, for an axis below.

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


def _show_axis(axes, name: str, values: np.ndarray, firsts: np.ndarray, step: int):
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
    """Equally large strips one under the other; if many, in two blocks side by side.

    Args:
        strips: each (H, W, C).
        below: white pixels between a strip and the next.
        line: inches between them beyond that, for text.
        between: inches between the blocks.
        room: inches that all may be wide.
        side: pixels of the longer side of the small images that the strips are made of.
        largest: inches that these may be wide or high.

    Returns:
        All strips on one image, and where each stands on it: x and y of its top left
        pixel.
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
    """Round numbers among `values`, which stand `step` apart from 0 on.

    Returns:
        Where the numbers stand, and they themselves.
    """
    low, high = values[0], values[-1]
    numbers = MaxNLocator(nbins=9, steps=[1, 2, 5, 10]).tick_values(low, high)
    numbers = numbers[(numbers >= low - 1e-9) & (numbers <= high + 1e-9)]
    places = step * np.interp(numbers, values, np.arange(len(values)))
    return places, [f"{n:g}".replace("-", "\N{MINUS SIGN}") for n in numbers]


def away(right: float, up: float) -> dict:
    """Small text, so many points away from its place."""
    return {
        "xytext": (right, up),
        "textcoords": "offset points",
        "size": NOTE_SIZE,
        "color": INK,
    }
