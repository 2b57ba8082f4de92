"""Histograms of first-layer weights and of their gradients."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from keras_aae.abilities import TrainsByPhases, networks_of, require
from keras_aae.checks import Count, Seed, validated
from keras_aae.data import Dataset, Images
from keras_aae.engine import BatchLoader
from keras_aae.engine.batch_loader import LABELED
from keras_aae.engine.gradients import first_batches, phase_gradients
from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.receptive_fields import as_array, kernel_variables
from keras_aae.figures.style import (
    COLUMN,
    PAGE,
    PALETTE,
    add_note,
    house_style,
    lay_out,
)

NETWORK_NAMES = ("encoder", "generator", "decoder", "discriminator", "classifier")
PANEL_HEIGHT = 1.9  # inches
BINS = 80
BEYOND = 1.02  # limit of the axis, relative to the largest weight


def weight_histograms(models: Mapping[str, Any]) -> Figure:
    """Draw the density of the first-layer weights of each network, one panel each.

    These are the weights from an image or a code to the first units. The density scale
    is logarithmic, where a normal distribution is a parabola, so models whose weights
    differ by a factor of ten can be compared. The legend gives standard deviations.

    Args:
        models: Models by heading, with networks such as `generator` or `encoder`.

    Raises:
        UnsupportedError: A model has no network with weights, or the models have
            different networks.
        KerasAAEError: There are more models than colors.
    """
    if len(models) > len(PALETTE):
        raise KerasAAEError(
            f"Figure 'weight-histograms' takes at most {len(PALETTE)} models. "
            f"Received: {len(models)}. Draw them in several figures."
        )
    first = {
        heading: {
            name: as_array(kernel).ravel()
            for name, kernel in _first_kernels(model).items()
        }
        for heading, model in models.items()
    }
    kinds = {tuple(weights) for weights in first.values()}
    if len(kinds) > 1 or not min(kinds):
        raise UnsupportedError(
            "Figure 'weight-histograms' needs models with the same networks, each with "
            "weights. Draw each model alone, or models of one family."
        )
    return _figure(first, "weight")


@validated
def gradient_histograms(
    model: Any, dataset: Dataset, *, n: Count = 64, seed: Seed = 0
) -> Figure:
    """Draw the density of the first-layer gradients of each network, by training phase.

    The panel of a network has a curve for each phase that trains it: the gradients of
    the objective on training images, before the optimizer scales them. A phase whose
    gradients are a hundred times smaller than those of another has little influence.

    Args:
        model: Model trained by phases.
        dataset: Data set whose training images are used.
        n: Number of images in each batch of a step.
        seed: Seed of the choice of training images.

    Raises:
        UnsupportedError: The model is not trained by phases, or has no layer with
            weights.
    """
    names = {id(kernel): name for name, kernel in _first_kernels(model).items()}
    require(model, TrainsByPhases, by="Figure 'gradient-histograms'")
    if not names:
        raise UnsupportedError(
            "Figure 'gradient-histograms' needs networks with weights. "
            f"{type(model).__name__} has none. Use another model."
        )
    loader = _loader(model, dataset.train, n, seed)
    found = {
        phase: {
            names[id(variable)]: gradient.ravel()
            for variable, gradient in pairs
            if id(variable) in names
        }
        for phase, pairs in phase_gradients(model, first_batches(loader)).items()
    }
    figure = _figure(found, "gradient")
    add_note(figure, dataset.note)
    return figure


def _loader(model: Any, images: Images, n: int, seed: int) -> BatchLoader:
    labeled = None
    if LABELED in model.batches and images.labels is not None:
        labeled = images.subset(np.flatnonzero(images.labels >= 0))
    n = min(n, len(images) // max(1, len(model.batches)))
    return BatchLoader(images, n, model.batches, seed=seed, labeled=labeled)


def _first_kernels(model: Any) -> dict[str, Any]:
    """Return the kernel of the first layer of each network, by network name."""
    found = {
        name: next(kernel_variables(network), None)
        for name, network in networks_of(model, NETWORK_NAMES).items()
    }
    return {name: kernel for name, kernel in found.items() if kernel is not None}


@house_style()
def _figure(curves: dict[str, dict[str, np.ndarray]], quantity: str) -> Figure:
    """Draw a panel per network; `curves` are values by heading and network."""
    names = [
        name for name in NETWORK_NAMES if any(name in each for each in curves.values())
    ]
    columns = min(3, len(names))
    rows = math.ceil(len(names) / columns)
    width = COLUMN if columns == 1 else PAGE
    figure = Figure(figsize=(width, rows * PANEL_HEIGHT))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    colors = dict(zip(curves, PALETTE, strict=False))
    for axes, name in zip(panels, names, strict=False):
        shown = {
            heading: each[name] for heading, each in curves.items() if name in each
        }
        _panel(axes, name, shown, colors)
        axes.set_xlabel(quantity)
    for axes in panels[len(names) :]:
        axes.remove()
    for axes in panels[::columns]:
        axes.set_ylabel("density")
    lay_out(figure)
    return figure


def _panel(
    axes: Axes, name: str, shown: dict[str, np.ndarray], colors: dict[str, Any]
) -> None:
    limit = BEYOND * max(float(np.abs(w).max()) for w in shown.values())
    limit = limit or 1.0  # if all values are 0
    for heading, each in shown.items():
        # The bins fit each distribution, so that narrow ones have a shape.
        own = BEYOND * float(np.abs(each).max()) or limit
        named = f"{heading}, " if len(colors) > 1 else ""
        axes.hist(
            each, np.linspace(-own, own, BINS + 1), density=True, histtype="stepfilled",
            facecolor=(colors[heading], 0.25), edgecolor=colors[heading],
            label=f"{named}std {np.std(each):.3g}",
        )  # fmt: skip
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=5))
    axes.minorticks_off()
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.set_xlim(-limit, limit)
    axes.legend(
        title=f"{name}, first layer", alignment="left", loc="lower left",
        bbox_to_anchor=(0, 1), borderpad=0, borderaxespad=0.3, title_fontsize="medium",
        handlelength=1.2,
    )  # fmt: skip
