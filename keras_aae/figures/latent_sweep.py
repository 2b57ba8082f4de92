"""What the decoder makes of a grid of codes."""

from typing import Annotated

import numpy as np

from keras_aae.checks import Choice, ListOf, Number, Positive, Several, validated
from keras_aae.errors import KerasAAEError, RecipeError, UnsupportedError
from keras_aae.figures.codes import encode_test_images
from keras_aae.figures.grid import thin_gap, tile
from keras_aae.figures.rows import marks
from keras_aae.figures.style import add_note, house_style, image_figure
from keras_aae.models.base.abilities import (
    Decodes,
    Encodes,
    HasLatentDim,
    HasPrior,
    require,
    supports,
)

FIGURE = "Figure 'latent-sweep'"
EXTENT = 3.0
MOST_CODES = 10_000  # more do not move a percentile by what can be seen
SPACINGS = ("linear", "quantile", "prior", "codes")
Spacing = Annotated[str, Choice(SPACINGS)]
Code = Annotated[tuple[float, ...], ListOf(Number(), "[0.5, -1]", 1)]


@validated
def latent_sweep(
    model,
    dataset=None,
    *,
    n: Several = 20,
    extent: Positive | None = None,
    spacing: Spacing | None = None,
    around: Code | None = None,
):
    """Images decoded on a grid over the first two latent dimensions, y upwards.

    All codes are decoded in one call. A model of one dimension gives one row; dimensions
    beyond the second stay at 0, or where `around` has them.

    Args:
        model: with `decode` and `latent_dim`; for 'codes' with `encode` as well.
        dataset: whose test images are encoded for 'codes'; otherwise not needed.
        n: images along each axis.
        extent: how far a linear grid goes either way, 3 if None; the prior's own for
            'prior'.
        spacing: 'linear'; 'quantile' for the prior's quantiles at (i + 1/2) / n, so that
            every image stands for an equal share of the prior; 'prior' for even steps
            as far either way as the prior extends; or 'codes' for even steps between
            the 1st and the 99th percentile of the test images' codes, dimensions beyond
            the second at their medians. None is 'prior' where the model has one, or
            else 'codes', but 'linear' where `extent` or `around` is given.
        around: the code, `latent_dim` numbers, in the middle of a linear grid; the
            origin if None.

    Raises:
        UnsupportedError: the model has no decoder, or 'quantile' or 'prior' and no
            prior, or 'codes' and no encoder.
        KerasAAEError: an option has no meaning, or 'codes' and no data set.
    """
    decode = require(model, Decodes, HasLatentDim, by=FIGURE).decode
    if spacing is None:
        spacing = _usual_spacing(model, dataset, extent, around)
    if around is not None and spacing != "linear":
        raise KerasAAEError(
            f"Option `around` has no meaning with spacing {spacing!r}, which lies where "
            f"the {PLACES[spacing]} lie. Use spacing 'linear'."
        )
    center, ticks = PLACING[spacing](model, dataset, n, extent, around)
    images = decode(_codes(center, *ticks))
    held = {"codes": "their medians"}.get(spacing, "0")
    held = held if around is None else "the given code"
    note = "" if dataset is None else dataset.note
    return _figure(images, ticks, held if len(center) > 2 else "", note)


def _usual_spacing(model, dataset, extent, around) -> str:
    """Where codes lie, as far as the model or the data tell."""
    if extent is not None or around is not None:
        return "linear"
    if supports(model, HasPrior):
        return "prior"
    return "codes" if dataset is not None and supports(model, Encodes) else "linear"


def _linear(model, dataset, n: int, extent: float | None, around):
    extent = EXTENT if extent is None else extent
    center = _center(around, model.latent_dim)
    return center, center[:2, None] + np.linspace(-extent, extent, n)


def _quantile(model, dataset, n: int, extent: float, around):
    prior = _prior_of(model, "quantile")
    steps = np.asarray(prior.quantiles((np.arange(n) + 0.5) / n))
    center = np.zeros(model.latent_dim)
    return center, center[:2, None] + steps


def _range_of_prior(model, dataset, n: int, extent: float, around):
    return _linear(model, dataset, n, _prior_of(model, "prior").extent, None)


def _prior_of(model, spacing: str):
    try:
        return require(model, HasPrior, by=f"{FIGURE} with spacing {spacing!r}").prior
    except UnsupportedError as error:
        raise UnsupportedError(
            f"{error} Spacings 'linear' and 'codes' need none."
        ) from None


def _range_of_codes(model, dataset, n: int, extent: float, around):
    if dataset is None:
        raise KerasAAEError(
            "Figure 'latent-sweep' with spacing 'codes' needs dataset. Pass dataset=..."
        )
    codes, _ = encode_test_images(model, dataset, MOST_CODES, "latent-sweep")
    low, center, high = np.percentile(codes, (1, 50, 99), axis=0)
    return center, np.linspace(low[:2], high[:2], n).T


PLACING = dict(
    zip(SPACINGS, (_linear, _quantile, _range_of_prior, _range_of_codes), strict=True)
)
PLACES = {
    "quantile": "prior's quantiles",
    "prior": "prior's codes",
    "codes": "test images' codes",
}


def _center(around, latent_dim: int) -> np.ndarray:
    if around is None:
        return np.zeros(latent_dim)
    if len(around) != latent_dim:
        raise RecipeError(
            f"Invalid around {around!r}. Expected {latent_dim} numbers, a code of this "
            "model."
        )
    return np.array(around)


def _codes(
    center: np.ndarray, x: np.ndarray, y: np.ndarray | None = None
) -> np.ndarray:
    """Codes in the order of the tiles: from left to right, the highest y first."""
    rows = 1 if y is None else len(y)
    codes = np.tile(center, (rows * len(x), 1))
    codes[:, 0] = np.tile(x, rows)
    if y is not None:
        codes[:, 1] = np.repeat(y[::-1], len(x))
    return codes.astype("float32")


@house_style()
def _figure(images: np.ndarray, ticks: np.ndarray, held: str, note: str):
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
