"""How the weights of the first layers are distributed, and their gradients."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from keras_aae.abilities import TrainsByPhases, networks_of, require
from keras_aae.checks import Count, Seed, validated
from keras_aae.data import Images
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
BEYOND = 1.02  # of the largest weight: how far the axis goes


def weight_histograms(models):
    """The density of the weights of each network's first layer, a panel a network.

    Weights from an image, or from a code, to the first units. The scale of the densities
    is logarithmic, on which a normal distribution is a parabola, so that models whose
    weights differ tenfold can be compared. The legend says the standard deviations.

    Args:
        models: heading -> model, with networks such as `generator` or `encoder`.

    Raises:
        UnsupportedError: a model has no network of layers with weights, or the models
            have different networks.
        KerasAAEError: there are more models than can be told apart.
    """
    if len(models) > len(PALETTE):
        raise KerasAAEError(
            f"Figure 'weight-histograms' shows at most {len(PALETTE)} models. "
            f"Received: {len(models)}."
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
            "weights. Draw it of each model alone, or of models of one family."
        )
    return _figure(first, "weight")


@validated
def gradient_histograms(model, dataset, *, n: Count = 64, seed: Seed = 0):
    """The density of the gradients of each network's first layer, a curve a phase.

    Of the phases that train a network, each has a curve in its panel, of the gradients of
    its objective before its optimizer has a say; those of training images that the model
    has learned from. A phase whose gradients are a hundredth of another's in the same
    network is hardly heard.

    Args:
        model: trained by phases.
        dataset: whose training images the gradients are of.
        n: images of each of the model's batches.
        seed: which training images.

    Raises:
        UnsupportedError: the model is not trained by phases, or has no layer of weights.
    """
    names = {id(kernel): name for name, kernel in _first_kernels(model).items()}
    require(model, TrainsByPhases, by="Figure 'gradient-histograms'")
    if not names:
        raise UnsupportedError(
            "Figure 'gradient-histograms' needs networks of weights, and "
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


def _loader(model, images: Images, n: int, seed: int) -> BatchLoader:
    labeled = None
    if LABELED in model.batches and images.labels is not None:
        labeled = images.subset(np.flatnonzero(images.labels >= 0))
    n = min(n, len(images) // max(1, len(model.batches)))
    return BatchLoader(images, n, model.batches, seed=seed, labeled=labeled)


def _first_kernels(model) -> dict:
    """The kernel of the first layer of each network, by the network's name."""
    found = {
        name: next(kernel_variables(network), None)
        for name, network in networks_of(model, NETWORK_NAMES).items()
    }
    return {name: kernel for name, kernel in found.items() if kernel is not None}


@house_style()
def _figure(curves: dict[str, dict[str, np.ndarray]], quantity: str):
    """A panel a network, from heading -> network -> values."""
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


def _panel(axes, name: str, shown: dict[str, np.ndarray], colors: dict):
    limit = BEYOND * max(float(np.abs(w).max()) for w in shown.values())
    limit = limit or 1.0  # all values may be 0
    for heading, each in shown.items():
        # Bins as wide as the values themselves want, so that narrow ones have a shape.
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
