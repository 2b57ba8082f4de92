"""Where the codes of the test images lie."""

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import prior_or_none
from keras_aae.checks import Count, validated
from keras_aae.figures.classes import class_rows, show_classes
from keras_aae.figures.codes import HEIGHT, encode_test_images, plane, settle
from keras_aae.figures.outlines import show_outlines
from keras_aae.figures.projections import component_names, principal_components
from keras_aae.figures.style import COLUMN, add_note, house_style, lay_out


@validated
def scatterplot(model, dataset, *, n: Count = 10000):
    """Codes of the test images, colored by class.

    Two dimensions are drawn as they are, on equal axes, over the prior's outlines. Of more
    dimensions the first two principal components are drawn, of one dimension a row of
    codes for each class. Beyond 20 classes color runs with the class number instead.

    Args:
        model: with `encode`.
        dataset: whose test images are encoded.
        n: the most images drawn; spread evenly over the test set if it holds more.

    Raises:
        UnsupportedError: the model cannot encode.
        KerasAAEError: a code is not a finite number.
    """
    codes, labels = encode_test_images(model, dataset, n, "scatterplot")
    if codes.shape[1] == 1:
        return _rows_figure(codes, labels, dataset)
    return _plane_figure(codes, labels, dataset, prior_or_none(model))


@house_style()
def _rows_figure(codes: np.ndarray, labels, dataset):
    """A row for each class, codes along it, spread over its height to be seen."""
    # A color bar has to know of the layout when it is made.
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
def _plane_figure(codes: np.ndarray, labels, dataset, prior):
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
