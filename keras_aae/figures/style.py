"""Style of all figures: sizes, colors, fonts, and the scale of images."""

import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLUMN = 3.4  # inches, one column of a two-column page
PAGE = 7.0  # inches, full text width
TILE = 0.6  # inches, largest side of a single image
NAMES = 0.75  # inches left of rows for row names
EDGE = 0.05  # inches, margin of images that have names or axes
DPI = 200  # resolution at which image pixels are whole pixels

INK = "#333333"
FAINT = "#999999"
NOTE_SIZE = 6

# Ten colors that maximize the minimum OKLab distance for normal vision, deuteranopia
# and protanopia, ordered so that digits that are often confused differ most.
PALETTE = (
    "#446699",
    "#ff6611",
    "#66aa99",
    "#eecc22",
    "#bb1100",
    "#9966ee",
    "#55eebb",
    "#4411aa",
    "#770044",
    "#bbaaff",
)

FRAME = {"fill": False, "edgecolor": PALETTE[1], "linewidth": 1.0}  # of an image

HOUSE = {
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 7,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 7,
    "axes.linewidth": 0.5,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 7,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "lines.linewidth": 1.0,
    "lines.solid_capstyle": "round",
    "xtick.color": INK,
    "xtick.labelsize": 6.5,
    "xtick.major.size": 2,
    "xtick.major.width": 0.5,
    "ytick.color": INK,
    "ytick.labelsize": 6.5,
    "ytick.major.size": 2,
    "ytick.major.width": 0.5,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "keras_aae",
}

_drawing = threading.RLock()


@contextmanager
def house_style() -> Iterator[None]:
    """Apply the style of the library, whatever the matplotlib settings of the user.

    matplotlib shares its settings between threads, so only one thread draws at a time.
    """
    with _drawing, matplotlib.style.context(HOUSE, after_reset=True):
        yield


def image_figure(
    image: np.ndarray,
    tile: int,
    margins: tuple[float, float] = (0.0, 0.0),
    head: float = 0.0,
    largest: float = TILE,
) -> tuple[Figure, Axes]:
    """Create a figure of one image, with a whole number of pixels per image pixel.

    Args:
        image: Image, (H, W, C) in [0, 1]; one channel is shown in gray.
        tile: Longer side, in pixels, of the small images that it is made of.
        margins: Margins to the left and below in inches, for axes.
        head: Margin above in inches, for headings.
        largest: Maximum side of a small image in inches.

    Returns:
        The `Figure` and its axes, in pixel coordinates.
    """
    left, bottom = margins
    right = EDGE if any(margins) else 0.0
    top = head or right
    scale = pixel_scale(image.shape[1], PAGE - left - right, tile, largest)
    height, width = np.multiply(image.shape[:2], scale / DPI)
    size = (left + width + right, bottom + height + top)
    figure = Figure(figsize=size)
    axes = figure.add_axes(
        (left / size[0], bottom / size[1], width / size[0], height / size[1])
    )
    axes.imshow(
        image.squeeze(-1) if image.shape[-1] == 1 else image,
        cmap="gray",
        vmin=0,
        vmax=1,
        interpolation="nearest" if scale >= 1 else "auto",
        aspect="auto",
    )
    axes.set_axis_off()
    return figure, axes


def pixel_scale(width: int, room: float, tile: int, largest: float = TILE) -> float:
    """Return the number of figure pixels per image pixel, whole if at least one.

    Args:
        width: Width of the image in pixels.
        room: Maximum width in inches.
        tile: Longer side, in pixels, of the small images that it is made of.
        largest: Maximum side of a small image in inches.
    """
    scale = DPI / max(width / room, tile / largest)
    return int(scale) if scale >= 1 else scale


def lay_out(figure: Figure) -> None:
    """Compute the layout of a figure once, and freeze it.

    The layout engine of matplotlib moves a little with each draw, but the same figure
    must give the same bytes.
    """
    figure.set_layout_engine("constrained")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def add_note(figure: Figure, note: str) -> None:
    """Print a note below a figure in small type, and extend the figure to fit it."""
    if not note:
        return
    width, height = figure.get_size_inches()
    lines = textwrap.wrap(note, int(width * 20))
    extra = 0.06 + 0.11 * len(lines)
    figure.set_size_inches(width, height + extra)
    _lift(figure, extra / (height + extra))
    figure.text(
        0.5,
        extra / (height + extra) / 2,
        "\n".join(lines),
        size=NOTE_SIZE,
        color=INK,
        ha="center",
        va="center",
    )


def _lift(figure: Figure, share: float) -> None:
    for axes in figure.axes:
        left, bottom, width, height = axes.get_position().bounds
        bottom, height = share + bottom * (1 - share), height * (1 - share)
        axes.set_position((left, bottom, width, height))
