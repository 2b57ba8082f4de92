"""What one dimension of a code does while all others stay."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np

from keras_aae.checks import ListOf, Seed, Several, Whole, validated
from keras_aae.errors import RecipeError
from keras_aae.figures.prior_samples import draw_samples
from keras_aae.figures.rows import named_rows
from keras_aae.models.base.abilities import Decodes, HasLatentDim, HasPrior, require

KIND = "latent-walk"
CHOSEN = (24, 49, 74)  # where there are so many
LEFT = 0.3  # inches for the names
Dimensions = Annotated[tuple[int, ...], ListOf(Whole(0), "[0, 1]", 1)]


@validated
def latent_walk(
    model,
    dataset=None,
    *,
    dimensions: Dimensions | None = None,
    n: Several = 11,
    seed: Seed = 0,
):
    """Images along one dimension of a code, a row a dimension, inside the prior.

    One code is drawn from the prior; in each row one of its dimensions is set to the
    prior's quantiles of (i + 1/2) / n, i = 0 ... n - 1, and the others stay as drawn. So
    no image is of a code that the model has never seen the like of.

    Args:
        model: with `decode`, `latent_dim` and a `prior`.
        dataset: that the model was trained on.
        dimensions: which, counted from 0; if None the 25th, 50th and 75th, or the first
            three where there are fewer.
        n: images in a row.
        seed: of the code.

    Raises:
        UnsupportedError: the model cannot decode, or has no prior.
        KerasAAEError: there are no such dimensions.
    """
    require(model, Decodes, HasLatentDim, HasPrior, by=f"Figure {KIND!r}")
    chosen = _dimensions(dimensions, model.latent_dim)
    values = np.asarray(model.prior.quantiles((np.arange(n) + 0.5) / n))
    codes = walks(draw_samples(model.prior, 1, seed)[0], chosen, values)
    images = model.decode(codes.reshape(-1, model.latent_dim))
    return named_rows(
        images.reshape(len(chosen), n, *images.shape[1:]),
        [f"$z_{{{dimension + 1}}}$" for dimension in chosen],
        "" if dataset is None else dataset.note,
        left=LEFT,
        along=("value of the dimension", values),
    )


def walks(code: np.ndarray, dimensions: Sequence[int], values: np.ndarray):
    """The code with one dimension after the other set to each of the values.

    Args:
        code: (latent_dim,).
        dimensions: k of them.
        values: (n,).

    Returns:
        (k, n, latent_dim), float32.
    """
    codes = np.tile(code.astype("float32"), (len(dimensions), len(values), 1))
    for row, dimension in zip(codes, dimensions, strict=True):
        row[:, dimension] = values
    return codes


def _dimensions(chosen, latent_dim: int) -> list[int]:
    if chosen is None:
        return list(CHOSEN if latent_dim > max(CHOSEN) else range(min(3, latent_dim)))
    if max(chosen) < latent_dim:
        return chosen
    raise RecipeError(
        f"Invalid dimensions {chosen!r}. Expected whole numbers from 0 to "
        f"{latent_dim - 1}."
    )
