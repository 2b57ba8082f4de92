"""Codes of the test images as points in a plane."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_aae.abilities import DrawsCodes, Encodes, require, supports
from keras_aae.checks import ListOf, Whole
from keras_aae.data import Dataset
from keras_aae.errors import RecipeError, UnsupportedError
from keras_aae.evaluation.density import finite_codes
from keras_aae.figures.classes import label_medians, legend, show_classes
from keras_aae.figures.style import COLUMN, add_note, lay_out

HEIGHT = 3.0  # inches
Pair = Annotated[tuple[int, int], ListOf(Whole(0), "[0, 1]", 2, 2)]


def encode_test_images(
    model: Any,
    dataset: Dataset,
    n: int,
    figure: str,
    least: int = 1,
    drawn: bool = False,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Encode at most `n` test images.

    The images are evenly spaced, since some data sets are sorted by class. They are in
    random order, so that no class covers another because it is drawn later.

    Args:
        model: Model with `encode`.
        dataset: Data set whose test images are encoded.
        n: Maximum number of images.
        figure: Name of the figure, for errors.
        least: Minimum number of dimensions that the figure needs.
        drawn: If True, codes are drawn from q(z|x), for a comparison with a prior; if
            the model draws no codes, `encode` is used.

    Returns:
        Codes (n, latent_dim), and labels (n,) or None.

    Raises:
        UnsupportedError: the model cannot encode, or its codes have too few dimensions.
        KerasAAEError: a code is not a finite number.
    """
    require(model, Encodes, by=f"Figure {figure!r}")
    encode = (
        model.sample_codes if drawn and supports(model, DrawsCodes) else model.encode
    )
    positions = np.linspace(0, len(dataset.test) - 1, min(n, len(dataset.test)))
    positions = np.random.default_rng(0).permutation(positions.astype(int))
    images, labels = dataset.test.gather(positions)
    codes = finite_codes(encode(images))
    if codes.shape[1] < least:
        raise UnsupportedError(
            f"Figure {figure!r} needs codes of at least {least} dimensions. These have "
            f"{codes.shape[1]}. Draw 'scatterplot', which takes any number."
        )
    return codes, labels


def check_pair(option: str, value: Sequence[int], dimensions: int) -> Sequence[int]:
    """Return `value` if it is two different dimensions of a code, counted from 0.

    Raises:
        RecipeError: it is not.
    """
    if value[0] != value[1] and max(value) < dimensions:
        return value
    raise RecipeError(
        f"Invalid {option} {value!r}. Expected two different whole numbers from 0 to "
        f"{dimensions - 1}."
    )


def plane(
    points: np.ndarray, labels: np.ndarray | None, names: Sequence[str]
) -> tuple[Figure, Axes]:
    """Draw `points`, (n, 2), with their classes named at the medians and in a legend.

    Returns:
        The figure and its axes. Label the axes, then call `settle`.
    """
    # The layout must be set before a color bar is added.
    figure = Figure(figsize=(COLUMN, HEIGHT), layout="constrained")
    axes = figure.add_subplot()
    show_classes(axes, points, labels)
    label_medians(axes.text, points, labels, names)
    legend(axes, labels, names)
    return figure, axes


def settle(figure: Figure, note: str) -> None:
    """Lay out a `plane` with equal units on both axes."""
    for _ in range(2):  # twice, since the new limits may have wider tick labels
        lay_out(figure)
        _equal_units(figure.axes[0])
    add_note(figure, note)


def _equal_units(axes):
    """Widen the limits to equal units on both axes, whose size on the page is kept."""
    limits = np.array([axes.get_xlim(), axes.get_ylim()])
    size = axes.get_window_extent().size
    middle, half = limits.mean(axis=1), (np.ptp(limits, axis=1) / size).max() * size / 2
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])
