"""What the first hidden units of an encoder look at."""

import math

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import CenteredNorm

from keras_aae.abilities import HasEncoder, require
from keras_aae.checks import Count, validated
from keras_aae.errors import UnsupportedError
from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.style import house_style, image_figure

SIGNED = "RdBu_r"  # blue below 0, white at 0, red above
BAR = (1.6, 0.06, 0.16)  # inches: the color bar's length, height and distance below
SHARE = 99.5  # per cent of the weights lie within the scale


@validated
def receptive_fields(model, *, n: Count = 100):
    """The weights from the image to each first hidden unit as an image, largest first.

    Of a dense layer on all pixels, a unit's weights have the shape of the image; of a
    convolution, they are its kernel. Units are sorted by the norm of their weights and
    share one scale, symmetric about 0, so that a dead unit is blank; half a per cent of
    the weights lie beyond it. Of a color image the
    weights are shown as colors around gray, which is 0.

    Args:
        model: with an `encoder` network.
        n: units; fewer if the layer has fewer.

    Raises:
        UnsupportedError: the encoder begins with neither such layer.
    """
    fields = _fields(model)
    order = np.argsort(-np.linalg.norm(fields.reshape(len(fields), -1), axis=1))
    return _figure(fields[order[:n]])


def _fields(model) -> np.ndarray:
    """The first layer's weights, (units, height, width, channels)."""
    require(model, HasEncoder, by="Figure 'receptive-fields'")
    kernel, shape = next(kernels(model.encoder), None), model.image_shape
    if kernel is not None:
        if kernel.ndim == 2 and len(kernel) == math.prod(shape):
            return kernel.T.reshape(-1, *shape)
        if kernel.ndim == 4 and kernel.shape[2] == shape[2]:
            return np.moveaxis(kernel, -1, 0)
    raise UnsupportedError(
        "Figure 'receptive-fields' needs an encoder that begins with a dense layer on all "
        f"pixels or with a convolution, which {type(model).__name__} does not have. "
        "Choose another figure, or another network."
    )


def kernels(network):
    """The weights of every layer that multiplies its input, in order, as arrays."""
    return map(as_array, kernel_variables(network))


def as_array(kernel) -> np.ndarray:
    """The values of a variable, float32."""
    return np.asarray(kernel, dtype="float32")


def kernel_variables(network):
    """The same as the variables themselves."""
    for layer in network.layers:
        if hasattr(layer, "layers"):
            yield from kernel_variables(layer)
        elif hasattr(layer, "kernel"):
            yield layer.kernel


@house_style()
def _figure(fields: np.ndarray):
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


def _bar(figure, axes, norm):
    length, height, below = BAR / figure.get_size_inches()[[0, 1, 1]]
    left, bottom, width, _ = axes.get_position().bounds
    place = (left + (width - length) / 2, bottom - below, length, height)
    colors = ScalarMappable(norm, SIGNED)
    bar = figure.colorbar(
        colors, figure.add_axes(place), orientation="horizontal", extend="both"
    )
    bar.outline.set_visible(False)
    bar.set_label("weight")
