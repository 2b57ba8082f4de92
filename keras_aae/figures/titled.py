"""Images with titles and, if labeled, frames in the colors of their classes."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from keras_aae.figures.classes import class_color, class_entries
from keras_aae.figures.grid import WHITE, thin_gap, tile
from keras_aae.figures.rows import away, in_blocks
from keras_aae.figures.style import (
    EDGE,
    FRAME,
    PAGE,
    PALETTE,
    TILE,
    add_note,
    house_style,
    image_figure,
)

LINE = 0.11  # inches, height of a line of text above an image
LEGEND_LINE, LEGEND_EDGE = 0.14, 0.1  # inches
LEGEND_COLUMNS = 5


@house_style()
def titled_images(
    images: np.ndarray,
    titles: list[str],
    columns: int,
    note: str,
    *,
    labels: np.ndarray | None = None,
    names: Sequence[str] = (),
    largest: float = TILE,
) -> Figure:
    """Draw images in rows of `columns`, with a title above each.

    Args:
        images: Images, (n, H, W, C).
        titles: Titles of the n images, with equal numbers of lines.
        columns: Number of images in a row.
        note: Note of the data set, printed below the figure.
        labels: Classes of the images, (n,), for frames and a legend. Both are left out
            if a class is unknown or exceeds the palette.
        names: Names of the classes.
        largest: Maximum side of an image in inches.

    Returns:
        The `Figure`.
    """
    height, width = images.shape[1:3]
    gap, side = thin_gap(images), max(height, width)
    line = LINE * (1 + titles[0].count("\n")) + 0.03
    strips = [
        _strip(images[i : i + columns], columns) for i in range(0, len(images), columns)
    ]
    image, corners = in_blocks(
        strips, gap, line=line, between=2 * EDGE, room=PAGE - 2 * EDGE, side=side,
        largest=largest,
    )  # fmt: skip
    is_framed = labels is not None and set(labels) <= set(range(len(PALETTE)))
    room = _legend_inches(labels) if is_framed else 0
    figure, axes = image_figure(
        image, tile=side, margins=(EDGE, room), head=line,
        largest=largest,
    )  # fmt: skip
    for i, title in enumerate(titles):
        row, column = divmod(i, columns)
        x, y = corners[row][0] + column * (width + gap) - 0.5, corners[row][1] - 0.5
        axes.annotate(title, (x + width / 2, y), **away(0, 1), ha="center", va="bottom")
        if is_framed:
            look = {**FRAME, "edgecolor": class_color(labels[i])}
            axes.add_patch(Rectangle((x, y), width, height, clip_on=False, **look))
    if is_framed:
        axes.legend(
            handles=class_entries(labels, names), ncols=LEGEND_COLUMNS,
            loc="upper center", bbox_to_anchor=(0.5, 0),
        )  # fmt: skip
    add_note(figure, note)
    return figure


def _legend_inches(labels: np.ndarray) -> float:
    lines = -(-len(np.unique(labels)) // LEGEND_COLUMNS)
    return lines * LEGEND_LINE + LEGEND_EDGE


def _strip(images: np.ndarray, columns: int) -> np.ndarray:
    """Tile a row of images, filled up with white to `columns` images."""
    missing = np.full((columns - len(images), *images.shape[1:]), WHITE, "float32")
    return tile(np.concatenate([images, missing]), columns=columns)
