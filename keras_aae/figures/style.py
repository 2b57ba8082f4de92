"""The one style of all figures: sizes, colors, type, and images on a page."""

import textwrap
import threading
from contextlib import contextmanager

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure

COLUMN = 3.4  # inches, one column of a two-column page
PAGE = 7.0  # inches, the whole width
TILE = 0.6  # inches, the largest a single image is shown
NAMES = 0.75  # inches left of rows for their names
EDGE = 0.05  # inches between images that have names or axes and the end of the page
DPI = 200  # pixels an inch at which images fall on whole pixels

INK = "#333333"
FAINT = "#999999"
NOTE_SIZE = 6

# Ten colors searched for the largest least distance (OKLab) to normal sight, deuteranopia
# and protanopia at once, and ordered so that digits often mixed up differ most.
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
def house_style():
    """Draw or save in the house style, whatever the user's own matplotlib settings.

    matplotlib keeps its settings in one place for all threads, so one draws at a time.
    """
    with _drawing, matplotlib.style.context(HOUSE, after_reset=True):
        yield


def image_figure(
    image: np.ndarray,
    tile: int,
    margins=(0.0, 0.0),
    head: float = 0.0,
    largest: float = TILE,
):
    """A figure that is one image, each of its pixels whole pixels on the page.

    Args:
        image: (H, W, C) in [0, 1]; one channel is shown in gray.
        tile: pixels of the longer side of the small images that it is made of.
        margins: inches left of and below the image, for axes.
        head: inches above the image, for headings.
        largest: inches that a small image may be wide or high.

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
    """Pixels of the page for a pixel of an image; whole if there can be one or more.

    Args:
        width: of the image, in pixels.
        room: inches that it may be wide.
        tile: pixels of the longer side of the small images that it is made of.
        largest: inches that these may be wide or high.
    """
    scale = DPI / max(width / room, tile / largest)
    return int(scale) if scale >= 1 else scale


def lay_out(figure: Figure):
    """Settle where everything stands, once.

    matplotlib's own layout moves a little each time that a figure is drawn, and the same
    figure must give the same bytes.
    """
    figure.set_layout_engine("constrained")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def add_note(figure: Figure, note: str):
    """Write `note`, if any, small under the figure, which grows by what it needs."""
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


def _lift(figure: Figure, share: float):
    for axes in figure.axes:
        left, bottom, width, height = axes.get_position().bounds
        bottom, height = share + bottom * (1 - share), height * (1 - share)
        axes.set_position((left, bottom, width, height))
