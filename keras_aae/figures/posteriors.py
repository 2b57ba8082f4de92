"""The aggregated posterior, codes of all images: beside its prior, and beside others."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import (
    HasClassComponents,
    HasPrior,
    prior_or_none,
    require,
    supports,
)
from keras_aae.checks import Count, Seed, validated
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

MOST_MODELS = 4  # beyond it no code can be seen
NAMED = 1.8  # inches of a panel's side from which on its classes are named on it
MARGIN = 0.03  # of the points' range, around them
BESIDE = 1.0  # inches for the axis left of the panels and the legend right of them
ABOVE = 0.5  # inches for the titles above the panels and the axis below


@dataclass(frozen=True, eq=False)
class Panel:
    """Codes, (n, latent_dim), their classes, (n,) or None, and a prior to outline, or None.

    `names`, if any, are written on the classes; without classes all codes have `color`.
    """

    title: str
    codes: np.ndarray
    labels: np.ndarray | None
    names: tuple[str, ...] = ()
    prior: object = None
    color: str = PALETTE[0]


@validated
def posterior_prior(model, dataset, *, n: Count = 5000, seed: Seed = 0):
    """Codes of the test images, and as many samples of the prior, side by side.

    Codes have the color of their class. Samples have that of their component, if the
    prior has any, drawn as often each; where the discriminator is told the class these
    are the same. Of more than two dimensions the first two are drawn, since to a normal
    prior all are alike. Beyond 20 classes all points have one color.

    Args:
        model: with `encode` and a `prior`.
        dataset: whose test images are encoded.
        n: the most images drawn; spread evenly over the test set if it holds more.
        seed: of the samples.

    Raises:
        UnsupportedError: the model has no prior of its codes, or cannot encode, or to
            one dimension only.
        KerasAAEError: a code is not a finite number.
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
def posteriors(models, dataset, *, n: Count = 5000):
    """Codes of the test images by several models, side by side on the same axes.

    They have the color of their class and lie over the outlines of the model's prior, if
    it has one. Of more than two dimensions the first two are drawn. Beyond 20 classes all
    points have one color.

    Args:
        models: heading -> model with `encode`, four at most, all for the same images.
        dataset: whose test images are encoded.
        n: the most images drawn; spread evenly over the test set if it holds more.

    Raises:
        UnsupportedError: a model cannot encode, or to one dimension only.
        KerasAAEError: there are more models, or a code is not a finite number.
    """
    if len(models) > MOST_MODELS:
        raise KerasAAEError(
            f"Figure 'posteriors' shows at most {MOST_MODELS} models. "
            f"Received: {len(models)}. Draw some of them alone."
        )
    panels, names = [], tuple(dataset.class_names)
    for heading, model in models.items():
        codes, labels = encode_test_images(
            model, dataset, n, "posteriors", least=2, drawn=True
        )
        prior = prior_or_none(model)
        panels.append(Panel(heading, codes, _countable(labels), names, prior))
    return _figure(panels, dataset)


def _countable(labels):
    """The labels, None where there are none or too many to tell apart."""
    few = labels is not None and len(np.unique(labels)) <= MOST_CLASSES
    return labels if few else None


def _by(kind: str, labels) -> str:
    return "" if labels is None else f", by {kind}"


@house_style()
def _figure(panels: list[Panel], dataset):
    """The panels in a row, on the same axes, one unit as long on both."""
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


def _show(axes, panel: Panel, inch: float):
    """Draw a panel on which an inch is so many units."""
    points, dimensions = panel.codes[:, :2], panel.codes.shape[1]
    axes.set_title(panel.title)
    axes.set_xlabel("$z_1$" if dimensions == 2 else f"$z_1$ of {dimensions} dimensions")
    show_classes(axes, points, panel.labels, panel.color)
    if _outlined(panel):
        # Names of classes and of circles would cover one another.
        show_outlines(axes, panel.prior, named=not panel.names)
    if panel.names and inch * NAMED <= np.ptp(axes.get_xlim()):
        label_medians(axes.text, points, panel.labels, panel.names, inch)


def _outlined(panel: Panel) -> bool:
    return panel.prior is not None and panel.codes.shape[1] == 2


def _limits(panels: list[Panel]) -> np.ndarray:
    """Lowest and highest of each axis, (2, 2), around all points, as long on both."""
    curves = [c for p in panels if _outlined(p) for c in p.prior.outlines()]
    points = np.concatenate([*(panel.codes[:, :2] for panel in panels), *curves])
    low, high = points.min(axis=0), points.max(axis=0)
    reach = (0.5 + MARGIN) * max((high - low).max(), 1e-6)
    middle = (low + high) / 2
    return np.stack([middle - reach, middle + reach], axis=1)
