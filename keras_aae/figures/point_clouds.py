"""Clouds of points in the plane beside what the model makes of them."""

import numpy as np
from matplotlib.figure import Figure

from keras_aae.checks import Count, validated
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
from keras_aae.models.base.abilities import Reconstructs, require

PANEL = 0.85  # inches, the largest a single cloud is shown
GAP = 0.06  # inches between clouds
POINT = 1.2  # points across
NAME = {
    "xycoords": "axes fraction",
    "xytext": (-3, 0),
    "textcoords": "offset points",
    "ha": "right",
    "va": "center",
    "size": NOTE_SIZE,
    "color": INK,
}


@validated
def point_clouds(model, dataset, *, n: Count = 8):
    """The first `n` test clouds above, their reconstructions below, on the unit square.

    Args:
        model: with `reconstruct`.
        dataset: whose test "images" are (points, 2, 1): coordinates x, y in [0, 1].
        n: columns; fewer if there are fewer test clouds.

    Raises:
        UnsupportedError: the data are no such clouds, or the model cannot reconstruct.
    """
    reconstruct = require(model, Reconstructs, by="Figure 'point-clouds'").reconstruct
    clouds = first_images(dataset, n)
    if clouds.shape[2:] != (2, 1):
        raise UnsupportedError(
            "Figure 'point-clouds' needs coordinates, (n, points, 2, 1). Received: "
            f"images of shape {clouds.shape}. Use figure 'reconstructions'."
        )
    return _figure([clouds[..., 0], reconstruct(clouds)[..., 0]], dataset.note)


@house_style()
def _figure(rows: list[np.ndarray], note: str):
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


def _cloud(axes, cloud: np.ndarray, color: str):
    axes.scatter(*cloud.T, s=POINT**2, color=color, linewidths=0, clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=FAINT)
