"""Small panels over the epochs of training."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.figures.style import COLUMN, FAINT, PAGE


def epoch_panels(count: int, height: float) -> tuple[Figure, list[Axes]]:
    """Create a figure of panels in rows of two or three, the lowest labeled 'epoch'.

    Args:
        count: Number of panels.
        height: Height of a panel in inches.

    Returns:
        The `Figure` and its panels, in reading order.
    """
    columns = 2 if count == 4 else min(3, count)
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(COLUMN if columns == 1 else PAGE, rows * height))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel in panels[max(0, count - columns) : count]:
        panel.set_xlabel("epoch")
    for panel in panels[count:]:
        panel.remove()
    return figure, list(panels[:count])


def mark_epochs(axes: Axes, least: int = 2) -> None:
    """Set at least `least` ticks at whole epochs, and draw faint horizontal lines."""
    axes.xaxis.set_major_locator(
        MaxNLocator(nbins=6, integer=True, steps=[1, 2, 5, 10], min_n_ticks=least)
    )
    axes.grid(axis="y", color=FAINT, alpha=0.25, linewidth=0.4)


def with_width(epochs: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return epochs and values, (..., epochs), with a single epoch widened to plot."""
    if len(epochs) > 1:
        return epochs, values
    return epochs[0] + np.array([-0.5, 0.5]), np.repeat(values, 2, axis=-1)
