"""Images decoded from a grid of codes."""

from typing import Annotated, Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import (
    Decodes,
    Encodes,
    HasLatentDim,
    HasPrior,
    Prior,
    require,
    supports,
)
from keras_aae.checks import Choice, ListOf, Number, Positive, Several, validated
from keras_aae.data import Dataset
from keras_aae.errors import KerasAAEError, RecipeError, UnsupportedError
from keras_aae.figures.codes import encode_test_images
from keras_aae.figures.grid import thin_gap, tile
from keras_aae.figures.rows import marks
from keras_aae.figures.style import add_note, house_style, image_figure

FIGURE = "Figure 'latent-sweep'"
EXTENT = 3.0
MOST_CODES = 10_000  # more change the percentiles too little to see
SPACINGS = ("linear", "quantile", "prior", "codes")
Spacing = Annotated[str, Choice(SPACINGS)]
Code = Annotated[tuple[float, ...], ListOf(Number(), "[0.5, -1]", 1)]


@validated
def latent_sweep(
    model: Any,
    dataset: Dataset | None = None,
    *,
    n: Several = 20,
    extent: Positive | None = None,
    spacing: Spacing | None = None,
    around: Code | None = None,
) -> Figure:
    """Draw images decoded on a grid over the first two latent dimensions, y upward.

    All codes are decoded in one call. A model with one latent dimension gives one row.
    Dimensions beyond the second stay at 0, or at their values in `around`.

    Args:
        model: Model with `decode` and `latent_dim`; also `encode` for 'codes'.
        dataset: Data set whose test images are encoded for 'codes'; otherwise unused.
        n: Number of images along each axis.
        extent: Half the width of a linear grid, 3 if None. For 'prior' it is the extent
            of the prior.
        spacing: Spacing of the grid. 'linear': even steps. 'quantile': quantiles of the
            prior at (i + 1/2) / n, so that each image represents an equal share of the
            prior. 'prior': even steps over the extent of the prior. 'codes': even steps
            between the 1st and 99th percentiles of the codes of test images, with
            dimensions beyond the second at their medians. None: 'linear' if `extent` or
            `around` is given, else 'prior' if the model has one, else 'codes' if it can
            encode test images, else 'linear'.
        around: Code at the center of a linear grid, `latent_dim` numbers; the origin if
            None.

    Raises:
        UnsupportedError: The model has no decoder, or lacks the prior or the encoder
            that the spacing needs.
        KerasAAEError: An option is invalid, or 'codes' is given without a data set.
    """
    decode = require(model, Decodes, HasLatentDim, by=FIGURE).decode
    if spacing is None:
        spacing = _usual_spacing(model, dataset, extent, around)
    if around is not None and spacing != "linear":
        raise KerasAAEError(
            f"Invalid around {around!r} with spacing {spacing!r}, which uses the "
            f"{PLACES[spacing]}. Expected spacing 'linear'. Change spacing or leave "
            "around out."
        )
    center, ticks = PLACING[spacing](model, dataset, n, extent, around)
    images = decode(_codes(center, *ticks))
    held = {"codes": "their medians"}.get(spacing, "0")
    held = held if around is None else "the given code"
    note = "" if dataset is None else dataset.note
    return _figure(images, ticks, held if len(center) > 2 else "", note)


def _usual_spacing(
    model: Any,
    dataset: Dataset | None,
    extent: float | None,
    around: tuple[float, ...] | None,
) -> str:
    """Return the default spacing for a model and its data."""
    if extent is not None or around is not None:
        return "linear"
    if supports(model, HasPrior):
        return "prior"
    return "codes" if dataset is not None and supports(model, Encodes) else "linear"


def _linear(
    model: Any,
    dataset: Dataset | None,
    n: int,
    extent: float | None,
    around: tuple[float, ...] | None,
) -> tuple[np.ndarray, np.ndarray]:
    extent = EXTENT if extent is None else extent
    center = _center(around, model.latent_dim)
    return center, center[:2, None] + np.linspace(-extent, extent, n)


def _quantile(
    model: Any,
    dataset: Dataset | None,
    n: int,
    extent: float | None,
    around: tuple[float, ...] | None,
) -> tuple[np.ndarray, np.ndarray]:
    prior = _prior_of(model, "quantile")
    steps = np.asarray(prior.quantiles((np.arange(n) + 0.5) / n))
    center = np.zeros(model.latent_dim)
    return center, center[:2, None] + steps


def _range_of_prior(
    model: Any,
    dataset: Dataset | None,
    n: int,
    extent: float | None,
    around: tuple[float, ...] | None,
) -> tuple[np.ndarray, np.ndarray]:
    return _linear(model, dataset, n, _prior_of(model, "prior").extent, None)


def _prior_of(model: Any, spacing: str) -> Prior:
    try:
        return require(model, HasPrior, by=f"{FIGURE} with spacing {spacing!r}").prior
    except UnsupportedError as error:
        raise UnsupportedError(
            f"{error} Or use spacing 'linear' or 'codes', which need no prior."
        ) from None


def _range_of_codes(
    model: Any,
    dataset: Dataset | None,
    n: int,
    extent: float | None,
    around: tuple[float, ...] | None,
) -> tuple[np.ndarray, np.ndarray]:
    if dataset is None:
        raise KerasAAEError(
            "Figure 'latent-sweep' with spacing 'codes' needs a dataset. "
            "Pass dataset=..."
        )
    codes, _ = encode_test_images(model, dataset, MOST_CODES, "latent-sweep")
    low, center, high = np.percentile(codes, (1, 50, 99), axis=0)
    return center, np.linspace(low[:2], high[:2], n).T


PLACING = dict(
    zip(SPACINGS, (_linear, _quantile, _range_of_prior, _range_of_codes), strict=True)
)
PLACES = {
    "quantile": "quantiles of the prior",
    "prior": "extent of the prior",
    "codes": "codes of the test images",
}


def _center(around: tuple[float, ...] | None, latent_dim: int) -> np.ndarray:
    if around is None:
        return np.zeros(latent_dim)
    if len(around) != latent_dim:
        raise RecipeError(
            f"Invalid around {around!r}. Expected a list of {latent_dim} numbers, one "
            "for each latent dimension of the model."
        )
    return np.array(around)


def _codes(
    center: np.ndarray, x: np.ndarray, y: np.ndarray | None = None
) -> np.ndarray:
    """Return codes in the order of the tiles: left to right, highest y first."""
    rows = 1 if y is None else len(y)
    codes = np.tile(center, (rows * len(x), 1))
    codes[:, 0] = np.tile(x, rows)
    if y is not None:
        codes[:, 1] = np.repeat(y[::-1], len(x))
    return codes.astype("float32")


@house_style()
def _figure(images: np.ndarray, ticks: np.ndarray, held: str, note: str) -> Figure:
    _, height, width, _ = images.shape
    gap = thin_gap(images)
    image = tile(images, columns=len(ticks[0]))
    figure, axes = image_figure(image, tile=max(height, width), margins=(0.5, 0.34))
    axes.set_axis_on()
    axes.spines[:].set_visible(False)
    places, names = marks(ticks[0], step=width + gap)
    axes.set_xticks((width - 1) / 2 + places, names)
    axes.set_xlabel("$z_1$" + (f"   (dimensions beyond 2 at {held})" if held else ""))
    if len(ticks) == 1:
        axes.set_yticks([])
    else:
        lowest = len(image) - 1 - (height - 1) / 2
        places, names = marks(ticks[1], step=height + gap)
        axes.set_yticks(lowest - places, names)
        axes.set_ylabel("$z_2$")
    add_note(figure, note)
    return figure
