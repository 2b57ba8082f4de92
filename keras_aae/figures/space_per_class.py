"""Map of the classes over a two-dimensional latent space."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.ndimage import distance_transform_edt

from keras_aae.abilities import Prior, prior_or_none
from keras_aae.checks import Seed, validated
from keras_aae.data import Dataset
from keras_aae.evaluation.space import AGREEING, NEIGHBORS, Space, measure_space
from keras_aae.figures.classes import short_name, write_names
from keras_aae.figures.outlines import show_outlines
from keras_aae.figures.style import INK, PAGE, PALETTE, add_note, house_style, lay_out

HEIGHT = 3.1  # inches
MAP_INCHES = 2.5  # approximate width of the map
PALE = 0.65  # share of white in the color of an ambiguous point
WIDTHS = (1.35, 1, 1)  # relative widths of the map and the two bar charts


@validated
def space_per_class(model: Any, dataset: Dataset, *, seed: Seed = 0) -> Figure:
    """Draw the class that each point of a two-dimensional latent space decodes to.

    The map is pale where the vote for the class is ambiguous. Bars show the share of
    each class of the area and of the probability mass of the prior, or of a fitted
    density for a model without one. Lines mark its share of the training images.

    Args:
        model: Model with two latent dimensions, `decode`, and `prior` or `encode`.
        dataset: Labeled data set; its training images classify decoded images.
        seed: Seed of the choice of these images.

    Raises:
        UnsupportedError: The model or the data do not meet these requirements.
    """
    space = measure_space(model, dataset, seed=seed)
    labels = dataset.train.labels
    counts = np.bincount(labels[labels >= 0], minlength=space.num_classes)
    return _figure(space, counts / counts.sum(), dataset, prior_or_none(model))


@house_style()
def _figure(
    space: Space, training: np.ndarray, dataset: Dataset, prior: Prior | None
) -> Figure:
    figure = Figure(figsize=(PAGE, HEIGHT))
    plane, area, mass = figure.subplots(1, 3, width_ratios=WIDTHS)
    mass.sharex(area)
    _show_map(plane, space, dataset.class_names)
    if prior is not None:
        show_outlines(plane, prior)
    plane.set_title(f"class by nearest images, {space.accuracy:.1%} accurate")
    density = "the fitted density" if prior is None else "the prior's mass"
    _show_shares(area, space, space.area, training, "share of the area")
    _show_shares(mass, space, space.mass, training, f"share of {density}")
    area.set_xlim(0, 1.12 * area.get_xlim()[1])  # space for the numbers
    names = [short_name(name) for name in dataset.class_names]
    area.set_yticks(range(space.num_classes), names)
    mass.set_yticks([])
    _legend(figure)
    lay_out(figure)
    add_note(figure, dataset.note)
    return figure


def _colors(n: int) -> np.ndarray:
    return np.array([to_rgb(PALETTE[k % len(PALETTE)]) for k in range(n)])


def _pale(colors: np.ndarray) -> np.ndarray:
    return PALE + (1 - PALE) * colors


def _show_map(axes: Axes, space: Space, names: Sequence[str]) -> None:
    colors = _colors(space.num_classes)[space.classes]
    image = np.where(space.ambiguous[..., None], _pale(colors), colors)
    axes.imshow(image, origin="lower", extent=space.limits.ravel(), aspect="auto")
    axes.set_box_aspect(1)
    axes.set_xlabel("$z_1$")
    axes.set_ylabel("$z_2$")
    axes.set(xlim=space.limits[0], ylim=space.limits[1])
    _name_areas(axes, space, names)


def _name_areas(axes: Axes, space: Space, names: Sequence[str]) -> None:
    """Write the name of each class where its area is widest."""
    present, sides = np.unique(space.classes), np.ptp(space.limits, axis=1)
    places = [_widest(space, label) * sides for label in present]
    middles = np.array(places) + space.limits[:, 0]
    write_names(axes.text, present, names, middles, sides / MAP_INCHES)


def _widest(space: Space, label: int) -> np.ndarray:
    """Return the point of a class farthest from others, relative to the axes.

    Ambiguous points count as others, unless all points of the class are ambiguous.
    """
    area = (space.classes == label) & ~space.ambiguous
    area = area if area.any() else space.classes == label
    depth = distance_transform_edt(np.pad(area, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    return (np.array([column, row]) + 0.5) / len(area)


def _show_shares(
    axes: Axes, space: Space, weights: np.ndarray, training: np.ndarray, name: str
) -> None:
    """Draw a bar per class, its ambiguous part pale, and its share of the images."""
    colors, rows = _colors(space.num_classes), np.arange(space.num_classes)
    whole = 100 * space.by_class(weights)
    clear = 100 * space.by_class(weights * ~space.ambiguous)
    axes.barh(rows, whole, color=_pale(colors), height=0.7)
    axes.barh(rows, clear, color=colors, height=0.7)
    axes.vlines(100 * training, rows - 0.45, rows + 0.45, color=INK, linewidth=1)
    for row, share in enumerate(whole):
        place = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center"}
        axes.text(1, row, f"{share:.1f}", size=6, **place)
    axes.set_ylim(space.num_classes - 0.4, -0.6)
    axes.set_xlabel(f"{name} (%)")
    axes.set_title(f"{weights[space.ambiguous].sum():.1%} ambiguous")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _legend(figure: Figure) -> None:
    votes = f"fewer than {AGREEING} of {NEIGHBORS} nearest training images agree"
    figure.legend(
        handles=[
            Patch(color=_pale(np.array(to_rgb(INK))), label=f"ambiguous: {votes}"),
            Line2D([], [], color=INK, label="share of the training images"),
        ],
        loc="outside upper center",
        ncols=2,
    )
