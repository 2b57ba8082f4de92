"""Receptive fields of the first hidden units of an encoder."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure

from keras_aae.abilities import HasEncoder, require
from keras_aae.checks import Count, validated
from keras_aae.errors import UnsupportedError
from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.style import house_style, image_figure

SIGNED = "RdBu_r"  # blue below 0, white at 0, red above
BAR = (1.6, 0.06, 0.16)  # inches: length, height and distance of the color bar
SHARE = 99.5  # percent of the weights within the color scale


@validated
def receptive_fields(model: HasEncoder, *, n: Count = 100) -> Figure:
    """Draw the weights from the image to each first hidden unit, largest norm first.

    The weights of a unit of a dense layer have the shape of the image; those of a
    convolution are its kernel. Units are sorted by the norm of their weights and share
    one color scale, symmetric about 0, so that a dead unit is blank; 0.5 % of the
    weights exceed the scale. Weights of color images are shown as colors around gray,
    which is 0.

    Args:
        model: Model with an `encoder` network.
        n: Number of units, at most all of the layer.

    Raises:
        UnsupportedError: The encoder begins with neither of these layers.
    """
    fields = _fields(model)
    order = np.argsort(-np.linalg.norm(fields.reshape(len(fields), -1), axis=1))
    return _figure(fields[order[:n]])


def _fields(model: HasEncoder) -> np.ndarray:
    """Return the weights of the first layer, (units, height, width, channels)."""
    require(model, HasEncoder, by="Figure 'receptive-fields'")
    kernel, shape = next(kernels(model.encoder), None), model.image_shape
    if kernel is not None:
        if kernel.ndim == 2 and len(kernel) == math.prod(shape):
            return kernel.T.reshape(-1, *shape)
        if kernel.ndim == 4 and kernel.shape[2] == shape[2]:
            return np.moveaxis(kernel, -1, 0)
    raise UnsupportedError(
        "Figure 'receptive-fields' needs an encoder that begins with a dense layer on "
        f"all pixels or with a convolution. {type(model).__name__} has neither. Choose "
        "another figure or network."
    )


def kernels(network: Any) -> Iterator[np.ndarray]:
    """Yield the kernels of all layers of a network as arrays, in order."""
    return map(as_array, kernel_variables(network))


def as_array(kernel: Any) -> np.ndarray:
    """Return the values of a variable as a float32 array."""
    return np.asarray(kernel, dtype="float32")


def kernel_variables(network: Any) -> Iterator[Any]:
    """Yield the kernel variables of all layers of a network, in order."""
    for layer in network.layers:
        if hasattr(layer, "layers"):
            yield from kernel_variables(layer)
        elif hasattr(layer, "kernel"):
            yield layer.kernel


@house_style()
def _figure(fields: np.ndarray) -> Figure:
    limit = float(np.percentile(np.abs(fields), SHARE)) or 1.0
    columns, side = near_square(len(fields)), max(fields.shape[1:3])
    if fields.shape[-1] != 1:
        colors = np.clip(0.5 + fields / (2 * limit), 0, 1)
        return image_figure(tile(colors, columns), tile=side)[0]
    norm = CenteredNorm(halfrange=limit)
    colors = colormaps[SIGNED](norm(fields[..., 0]))[..., :3]
    figure, axes = image_figure(tile(colors, columns), side, margins=(0, 0.48))
    _bar(figure, axes, norm)
    return figure


def _bar(figure: Figure, axes: Axes, norm: CenteredNorm) -> None:
    length, height, below = BAR / figure.get_size_inches()[[0, 1, 1]]
    left, bottom, width, _ = axes.get_position().bounds
    place = (left + (width - length) / 2, bottom - below, length, height)
    colors = ScalarMappable(norm, SIGNED)
    bar = figure.colorbar(
        colors, figure.add_axes(place), orientation="horizontal", extend="both"
    )
    bar.outline.set_visible(False)
    bar.set_label("weight")
