"""Two-dimensional point clouds and their reconstructions."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_aae.abilities import Reconstructs, require
from keras_aae.checks import Count, validated
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.figures.inputs import first_images
from keras_aae.figures.style import (
    FAINT,
    INK,
    NAMES,
    NOTE_SIZE,
    PAGE,
    PALETTE,
    add_note,
    house_style,
)

PANEL = 0.85  # inches, largest side of a cloud
GAP = 0.06  # inches between clouds
POINT = 1.2  # diameter of a point, in points
NAME: dict[str, Any] = {
    "xycoords": "axes fraction",
    "xytext": (-3, 0),
    "textcoords": "offset points",
    "ha": "right",
    "va": "center",
    "size": NOTE_SIZE,
    "color": INK,
}


@validated
def point_clouds(model: Reconstructs, dataset: Dataset, *, n: Count = 8) -> Figure:
    """Draw the first `n` test clouds and, below, their reconstructions.

    Each panel shows the unit square.

    Args:
        model: Model with `reconstruct`.
        dataset: Data set whose test "images" are (points, 2, 1), coordinates in [0, 1].
        n: Number of columns, at most all test clouds.

    Raises:
        UnsupportedError: The data are not point clouds, or the model cannot
            reconstruct.
    """
    reconstruct = require(model, Reconstructs, by="Figure 'point-clouds'").reconstruct
    clouds = first_images(dataset, n)
    if clouds.shape[2:] != (2, 1):
        raise UnsupportedError(
            "Figure 'point-clouds' needs coordinates of shape (n, points, 2, 1). "
            f"Received shape {clouds.shape}. Use figure 'reconstructions'."
        )
    return _figure([clouds[..., 0], reconstruct(clouds)[..., 0]], dataset.note)


@house_style()
def _figure(rows: list[np.ndarray], note: str) -> Figure:
    n = len(rows[0])
    panel = min(PANEL, (PAGE - NAMES - 0.02) / n - GAP)
    size = np.array([NAMES + n * (panel + GAP), 2 * (panel + GAP)])
    figure = Figure(figsize=size)
    for row, clouds in enumerate(rows):
        for column, cloud in enumerate(clouds):
            corner = (
                NAMES + column * (panel + GAP),
                (1 - row) * (panel + GAP) + GAP / 2,
            )
            axes = figure.add_axes((*(corner / size), *(panel / size)))
            _cloud(axes, cloud, PALETTE[row])
            if column == 0:
                axes.annotate(("original", "reconstruction")[row], (0, 0.5), **NAME)
    add_note(figure, note)
    return figure


def _cloud(axes: Axes, cloud: np.ndarray, color: str) -> None:
    axes.scatter(*cloud.T, s=POINT**2, color=color, linewidths=0, clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=FAINT)
