"""Three-dimensional scatterplot of the codes of test images."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox
from mpl_toolkits.mplot3d.axes3d import Axes3D
from mpl_toolkits.mplot3d.proj3d import proj_transform

from keras_aae.abilities import Encodes
from keras_aae.checks import Count, validated
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.figures.classes import label_medians, legend, show_classes
from keras_aae.figures.codes import encode_test_images
from keras_aae.figures.style import COLUMN, add_note, house_style

HEIGHT = 3.0  # inches
MARGIN = 0.01  # relative to the figure
FLATTEST = 0.25  # smallest ratio of an axis to the longest
PANE = "#f5f5f5"
GRID = {"grid.color": "#d9d9d9", "grid.linewidth": 0.4}


@validated
def scatterplot_3d(
    model: Encodes,
    dataset: Dataset,
    *,
    n: Count = 10000,
    elev: float = 20.0,
    azim: float = -60.0,
) -> Figure:
    """Draw three-dimensional codes, colored by class, with equal units on all axes.

    Args:
        model: Model with `encode` and three latent dimensions.
        dataset: Data set whose test images are encoded.
        n: Maximum number of test images; a larger test set is subsampled evenly.
        elev: Elevation of the view above the plane of z_1 and z_2, in degrees.
        azim: Azimuth of the view around the z_3 axis, from z_1 toward z_2, in degrees.

    Raises:
        UnsupportedError: The model cannot encode, or its codes are not
            three-dimensional.
        KerasAAEError: A code or an angle is not finite.
    """
    codes, labels = encode_test_images(model, dataset, n, "scatterplot-3d")
    if codes.shape[1] != 3:
        raise UnsupportedError(
            "Figure 'scatterplot-3d' needs codes of 3 dimensions. The codes have "
            f"{codes.shape[1]}. Draw 'scatterplot' instead."
        )
    return _figure(codes, labels, dataset, (elev, azim))


@house_style()
def _figure(
    codes: np.ndarray,
    labels: np.ndarray | None,
    dataset: Dataset,
    angles: tuple[float, float],
) -> Figure:
    figure = Figure(figsize=(COLUMN, HEIGHT))
    with rc_context(GRID):  # 3-D axes read these settings when they are created
        axes = figure.add_axes((0, 0, 1, 1), projection="3d")
    show_classes(axes, codes, labels)
    legend(axes, labels, dataset.class_names)
    _draw_axes(axes)
    axes.view_init(*angles)
    _fit(figure, axes)
    _label_classes(axes, codes, labels, dataset.class_names)
    add_note(figure, dataset.note)
    return figure


def _draw_axes(axes: Axes3D) -> None:
    limits = np.array([axes.get_xlim(), axes.get_ylim(), axes.get_zlim()])
    middle, half = limits.mean(axis=1), np.ptp(limits, axis=1) / 2
    half = np.maximum(half, FLATTEST * half.max())
    x, y, z = zip(middle - half, middle + half, strict=True)
    axes.set(xlim=x, ylim=y, zlim=z)
    axes.set_box_aspect(half)
    axes.tick_params(pad=-2)
    for i, axis in enumerate((axes.xaxis, axes.yaxis, axes.zaxis)):
        axis.set_label_text(f"$z_{i + 1}$")
        axis.set_rotate_label(False)
        axis.labelpad = -6
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axis.set_pane_color(PANE)


def _fit(figure: Figure, axes: Axes3D) -> None:
    """Fill the figure up to the legend; matplotlib does so only for 2-D axes."""
    for _ in range(3):  # repeat, because tick labels do not scale with the axes
        figure.draw_without_rendering()
        to_page = figure.transFigure.inverted().transform_bbox
        beside = [*figure.legends, *figure.axes[1:]]
        edges = [to_page(artist.get_tightbbox()).x0 for artist in beside]
        room = np.array([min([1.0, *edges]), 1.0]) - 2 * MARGIN
        seen, place = to_page(axes.get_tightbbox()), axes.get_position(original=True)
        scale = (room / seen.size).min()
        middle = MARGIN + room / 2 + scale * (_middle(place) - _middle(seen))
        axes.set_position((*(middle - scale * place.size / 2), *(scale * place.size)))


def _middle(box: Bbox) -> np.ndarray:
    return (box.min + box.max) / 2


def _label_classes(
    axes: Axes3D, codes: np.ndarray, labels: np.ndarray | None, names: Sequence[str]
) -> None:
    """Write class names at the projected medians of their points, in front."""
    x, y, _ = proj_transform(*codes.T, axes.get_proj())
    write = partial(axes.text2D, zorder=100)
    points = np.stack([x, y], axis=1)
    inch = np.ptp(points, axis=0).max() / 1.6  # the points span about 1.6 inches
    label_medians(write, points, labels, names, inch)
