"""How the weights of the first layers are distributed."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.receptive_fields import kernels
from keras_aae.figures.style import COLUMN, PAGE, PALETTE, house_style, lay_out

NETWORKS = ("encoder", "generator", "decoder", "discriminator", "classifier")
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
    first = {heading: _first_weights(model) for heading, model in models.items()}
    kinds = {tuple(weights) for weights in first.values()}
    if len(kinds) > 1 or not min(kinds):
        raise UnsupportedError(
            "Figure 'weight-histograms' needs models with the same networks, each with "
            "weights. Draw it of each model alone, or of models of one family."
        )
    return _figure(first)


def _first_weights(model) -> dict[str, np.ndarray]:
    """The weights of the first layer of each network, by the network's name."""
    networks = {name: getattr(model, name, None) for name in NETWORKS}
    found = {
        name: next(kernels(network), None)
        for name, network in networks.items()
        if network is not None
    }
    return {name: w.ravel() for name, w in found.items() if w is not None}


@house_style()
def _figure(first: dict[str, dict[str, np.ndarray]]):
    names = list(next(iter(first.values())))
    columns = min(3, len(names))
    rows = math.ceil(len(names) / columns)
    width = COLUMN if columns == 1 else PAGE
    figure = Figure(figsize=(width, rows * PANEL_HEIGHT))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, name in zip(panels, names, strict=False):
        _panel(axes, name, {heading: each[name] for heading, each in first.items()})
    for axes in panels[len(names) :]:
        axes.remove()
    for axes in panels[::columns]:
        axes.set_ylabel("density")
    lay_out(figure)
    return figure


def _panel(axes, name: str, weights: dict[str, np.ndarray]):
    limit = BEYOND * max(float(np.abs(w).max()) for w in weights.values())
    limit = limit or 1.0  # all weights may be 0
    for color, (heading, each) in zip(PALETTE, weights.items(), strict=False):
        # Bins as wide as the model's own weights want, so that narrow ones have a shape.
        own = BEYOND * float(np.abs(each).max()) or limit
        named = f"{heading}, " if len(weights) > 1 else ""
        axes.hist(
            each, np.linspace(-own, own, BINS + 1), density=True, histtype="stepfilled",
            facecolor=(color, 0.25), edgecolor=color,
            label=f"{named}std {np.std(each):.3g}",
        )  # fmt: skip
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=5))
    axes.minorticks_off()
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.set_xlim(-limit, limit)
    axes.set_xlabel("weight")
    axes.legend(
        title=f"{name}, first layer", alignment="left", loc="lower left",
        bbox_to_anchor=(0, 1), borderpad=0, borderaxespad=0.3, title_fontsize="medium",
        handlelength=1.2,
    )  # fmt: skip
