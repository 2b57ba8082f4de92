"""Where three-dimensional codes of the test images lie."""

from functools import partial

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d.proj3d import proj_transform

from keras_aae.checks import Count, validated
from keras_aae.errors import UnsupportedError
from keras_aae.figures.classes import label_medians, legend, show_classes
from keras_aae.figures.codes import encode_test_images
from keras_aae.figures.style import COLUMN, add_note, house_style

HEIGHT = 3.0  # inches
MARGIN = 0.01  # of the page
FLATTEST = 0.25  # how short an axis may be beside the longest
PANE = "#f5f5f5"
GRID = {"grid.color": "#d9d9d9", "grid.linewidth": 0.4}


@validated
def scatterplot_3d(
    model, dataset, *, n: Count = 10000, elev: float = 20.0, azim: float = -60.0
):
    """Codes of three dimensions, colored by class, one unit as long on every axis.

    Args:
        model: with `encode`, to three dimensions.
        dataset: whose test images are encoded.
        n: the most images drawn; spread evenly over the test set if it holds more.
        elev: degrees that the eye stands above the plane of z_1 and z_2.
        azim: degrees that it stands around the axis of z_3, from z_1 towards z_2.

    Raises:
        UnsupportedError: the model cannot encode, or not to three dimensions.
        KerasAAEError: a code is not a finite number, or an angle is none.
    """
    codes, labels = encode_test_images(model, dataset, n, "scatterplot-3d")
    if codes.shape[1] != 3:
        raise UnsupportedError(
            "Figure 'scatterplot-3d' needs codes of 3 dimensions. These have "
            f"{codes.shape[1]}. Draw 'scatterplot', which shows any number."
        )
    return _figure(codes, labels, dataset, (elev, azim))


@house_style()
def _figure(codes: np.ndarray, labels, dataset, angles: tuple[float, float]):
    figure = Figure(figsize=(COLUMN, HEIGHT))
    with rc_context(GRID):  # which axes of three dimensions read when they are made
        axes = figure.add_axes((0, 0, 1, 1), projection="3d")
    show_classes(axes, codes, labels)
    legend(axes, labels, dataset.class_names)
    _draw_axes(axes)
    axes.view_init(*angles)
    _fit(figure, axes)
    _label_classes(axes, codes, labels, dataset.class_names)
    add_note(figure, dataset.note)
    return figure


def _draw_axes(axes):
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


def _fit(figure, axes):
    """Fill the page up to the legend, which matplotlib does for flat axes only."""
    for _ in range(3):  # again, since numbers along the axes do not grow with them
        figure.draw_without_rendering()
        to_page = figure.transFigure.inverted().transform_bbox
        beside = [*figure.legends, *figure.axes[1:]]
        edges = [to_page(artist.get_tightbbox()).x0 for artist in beside]
        room = np.array([min([1.0, *edges]), 1.0]) - 2 * MARGIN
        seen, place = to_page(axes.get_tightbbox()), axes.get_position(original=True)
        scale = (room / seen.size).min()
        middle = MARGIN + room / 2 + scale * (_middle(place) - _middle(seen))
        axes.set_position((*(middle - scale * place.size / 2), *(scale * place.size)))


def _middle(box) -> np.ndarray:
    return (box.min + box.max) / 2


def _label_classes(axes, codes: np.ndarray, labels, names):
    """Name the classes where their points are seen, before all points."""
    x, y, _ = proj_transform(*codes.T, axes.get_proj())
    write = partial(axes.text2D, zorder=100)
    points = np.stack([x, y], axis=1)
    inch = np.ptp(points, axis=0).max() / 1.6  # which they spread over, about
    label_medians(write, points, labels, names, inch)
