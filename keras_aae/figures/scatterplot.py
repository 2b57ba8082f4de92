"""Scatterplot of the codes of test images."""

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import Encodes, Prior, prior_or_none
from keras_aae.checks import Count, validated
from keras_aae.data import Dataset
from keras_aae.figures.classes import class_rows, show_classes
from keras_aae.figures.codes import HEIGHT, encode_test_images, plane, settle
from keras_aae.figures.outlines import show_outlines
from keras_aae.figures.projections import component_names, principal_components
from keras_aae.figures.style import COLUMN, add_note, house_style, lay_out


@validated
def scatterplot(model: Encodes, dataset: Dataset, *, n: Count = 10000) -> Figure:
    """Draw the codes of test images, colored by class.

    Two-dimensional codes are drawn on axes with equal units, over the outlines of the
    prior. Codes of more dimensions are projected on their first two principal
    components, and one-dimensional codes are drawn in a row per class. With more than
    20 classes, the color scale follows the class number.

    Args:
        model: Model with `encode`.
        dataset: Data set whose test images are encoded.
        n: Maximum number of test images; a larger test set is subsampled evenly.

    Raises:
        UnsupportedError: The model cannot encode.
        KerasAAEError: A code is not finite.
    """
    codes, labels = encode_test_images(model, dataset, n, "scatterplot")
    if codes.shape[1] == 1:
        return _rows_figure(codes, labels, dataset)
    return _plane_figure(codes, labels, dataset, prior_or_none(model))


@house_style()
def _rows_figure(
    codes: np.ndarray, labels: np.ndarray | None, dataset: Dataset
) -> Figure:
    """Draw a row of codes per class, with random heights to separate the points."""
    # A color bar needs the layout engine when it is created.
    figure = Figure(figsize=(COLUMN, HEIGHT), layout="constrained")
    axes = figure.add_subplot()
    rows = class_rows(axes, labels, dataset.class_names)
    spread = np.random.default_rng(0).uniform(-0.35, 0.35, len(codes))
    axes.set_xlabel("$z_1$")
    show_classes(axes, np.stack([codes[:, 0], rows + spread], axis=1), labels)
    lay_out(figure)
    add_note(figure, dataset.note)
    return figure


@house_style()
def _plane_figure(
    codes: np.ndarray, labels: np.ndarray | None, dataset: Dataset, prior: Prior | None
) -> Figure:
    points, names, outlined = codes, ("$z_1$", "$z_2$"), prior is not None
    if codes.shape[1] > 2:
        points, shares = principal_components(codes)
        points, names, outlined = points[:, :2], component_names(shares, (0, 1)), False
    figure, axes = plane(points, labels, dataset.class_names)
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    if outlined:
        show_outlines(axes, prior)
    settle(figure, dataset.note)
    return figure
