"""The aggregated posterior of a model beside its prior and those of other models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_aae.abilities import (
    HasClassComponents,
    HasPrior,
    Prior,
    prior_or_none,
    require,
    supports,
)
from keras_aae.checks import Count, Seed, validated
from keras_aae.data import Dataset
from keras_aae.errors import KerasAAEError
from keras_aae.figures.classes import MOST_CLASSES, label_medians, legend, show_classes
from keras_aae.figures.codes import encode_test_images
from keras_aae.figures.outlines import show_outlines
from keras_aae.figures.prior_samples import (
    check_same_width,
    draw_components,
)
from keras_aae.figures.style import (
    COLUMN,
    FAINT,
    PAGE,
    PALETTE,
    add_note,
    house_style,
    lay_out,
)

MOST_MODELS = 4  # more panels are too small to see codes
NAMED = 1.8  # inches, smallest side of a panel with class names on it
MARGIN = 0.03  # around the points, relative to their range
BESIDE = 1.0  # inches for the axis left of the panels and the legend right of them
ABOVE = 0.5  # inches for the titles above the panels and the axis below


@dataclass(frozen=True, eq=False)
class Panel:
    """One panel of codes.

    Args:
        title: Title of the panel.
        codes: Codes, (n, latent_dim).
        labels: Classes of the codes, (n,); None draws all codes in `color`.
        names: Class names to write on the panel; empty writes none.
        prior: Prior whose outlines are drawn, if any.
        color: Color of codes without classes.
    """

    title: str
    codes: np.ndarray
    labels: np.ndarray | None
    names: tuple[str, ...] = ()
    prior: Prior | None = None
    color: str = PALETTE[0]


@validated
def posterior_prior(
    model: Any, dataset: Dataset, *, n: Count = 5000, seed: Seed = 0
) -> Figure:
    """Draw codes of test images beside an equal number of samples of the prior.

    Codes have the colors of their classes. If the prior has components, samples have
    the colors of theirs, and each component is sampled equally often; if the model maps
    classes to components, the colors agree. Only the first two latent dimensions are
    drawn, since all dimensions of a normal prior are alike. With more than 20 classes,
    all points have one color.

    Args:
        model: Model with `encode` and a `prior`.
        dataset: Data set whose test images are encoded.
        n: Maximum number of test images; a larger test set is subsampled evenly.
        seed: Seed of the samples.

    Raises:
        UnsupportedError: The model has no prior over its codes, cannot encode, or has a
            single latent dimension.
        KerasAAEError: A code is not finite.
    """
    prior = require(model, HasPrior, by="Figure 'posterior-prior'").prior
    codes, labels = encode_test_images(
        model, dataset, n, "posterior-prior", least=2, drawn=True
    )
    samples, components = draw_components(prior, len(codes), seed)
    check_same_width(codes, samples, "posterior-prior")
    labels, components = _countable(labels), _countable(components)
    names = tuple(dataset.class_names)
    are_classes = supports(model, HasClassComponents) and prior.num_classes == len(
        names
    )
    component, component_names = ("class", names) if are_classes else ("component", ())
    titles = [
        f"codes of {len(codes):,} test images" + _by("class", labels),
        f"{len(samples):,} samples of the prior" + _by(component, components),
    ]
    panels = [
        Panel(titles[0], codes, labels, names, prior),
        Panel(titles[1], samples, components, component_names, prior, FAINT),
    ]
    return _figure(panels, dataset)


@validated
def posteriors(
    models: Mapping[str, Any], dataset: Dataset, *, n: Count = 5000
) -> Figure:
    """Draw codes of test images by several models, side by side on equal axes.

    Codes have the colors of their classes, over the outlines of the prior of the model,
    if any. Only the first two latent dimensions are drawn. With more than 20 classes,
    all points have one color.

    Args:
        models: At most four models with `encode`, by heading, for the same images.
        dataset: Data set whose test images are encoded.
        n: Maximum number of test images; a larger test set is subsampled evenly.

    Raises:
        UnsupportedError: A model cannot encode or has a single latent dimension.
        KerasAAEError: There are more than four models, or a code is not finite.
    """
    if len(models) > MOST_MODELS:
        raise KerasAAEError(
            f"Figure 'posteriors' takes at most {MOST_MODELS} models. "
            f"Received: {len(models)}. Draw them in several figures."
        )
    panels, names = [], tuple(dataset.class_names)
    for heading, model in models.items():
        codes, labels = encode_test_images(
            model, dataset, n, "posteriors", least=2, drawn=True
        )
        prior = prior_or_none(model)
        panels.append(Panel(heading, codes, _countable(labels), names, prior))
    return _figure(panels, dataset)


def _countable(labels: np.ndarray | None) -> np.ndarray | None:
    """Return the labels, or None if there are none or too many classes to color."""
    few = labels is not None and len(np.unique(labels)) <= MOST_CLASSES
    return labels if few else None


def _by(kind: str, labels: np.ndarray | None) -> str:
    return "" if labels is None else f", by {kind}"


@house_style()
def _figure(panels: list[Panel], dataset: Dataset) -> Figure:
    """Draw the panels in a row with shared limits and equal units on both axes."""
    width = COLUMN if len(panels) == 1 else PAGE
    side = (width - BESIDE) / len(panels)  # inches
    figure = Figure(figsize=(width, side + ABOVE))
    row = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
    limits = _limits(panels)
    row[0].set(xlim=limits[0], ylim=limits[1], ylabel="$z_2$")
    for axes, panel in zip(row, panels, strict=True):
        axes.set_box_aspect(1)
        _show(axes, panel, np.ptp(limits[0]) / side)
    legend(row[0], panels[0].labels, dataset.class_names)
    lay_out(figure)
    add_note(figure, dataset.note)
    return figure


def _show(axes: Axes, panel: Panel, inch: float) -> None:
    """Draw a panel on which an inch is `inch` units."""
    points, dimensions = panel.codes[:, :2], panel.codes.shape[1]
    axes.set_title(panel.title)
    axes.set_xlabel("$z_1$" if dimensions == 2 else f"$z_1$ of {dimensions} dimensions")
    show_classes(axes, points, panel.labels, panel.color)
    if _outlined(panel):
        # Class names and circle labels would overlap.
        show_outlines(axes, panel.prior, named=not panel.names)
    if panel.names and inch * NAMED <= np.ptp(axes.get_xlim()):
        label_medians(axes.text, points, panel.labels, panel.names, inch)


def _outlined(panel: Panel) -> bool:
    return panel.prior is not None and panel.codes.shape[1] == 2


def _limits(panels: list[Panel]) -> np.ndarray:
    """Return the limits of each axis, (2, 2): equal ranges around all points."""
    curves = [c for p in panels if _outlined(p) for c in p.prior.outlines()]
    points = np.concatenate([*(panel.codes[:, :2] for panel in panels), *curves])
    low, high = points.min(axis=0), points.max(axis=0)
    reach = (0.5 + MARGIN) * max((high - low).max(), 1e-6)
    middle = (low + high) / 2
    return np.stack([middle - reach, middle + reach], axis=1)
