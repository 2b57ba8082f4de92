"""Latent traversals: images decoded while one dimension of a code varies."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import Decodes, HasLatentDim, HasPrior, require
from keras_aae.checks import ListOf, Seed, Several, Whole, validated
from keras_aae.data import Dataset
from keras_aae.errors import RecipeError
from keras_aae.figures.prior_samples import draw_samples
from keras_aae.figures.rows import named_rows

KIND = "latent-walk"
CHOSEN = (24, 49, 74)  # default dimensions of a code that has all of them
LEFT = 0.3  # inches for the row names
Dimensions = Annotated[tuple[int, ...], ListOf(Whole(0), "[0, 1]", 1)]


@validated
def latent_walk(
    model: Any,
    dataset: Dataset | None = None,
    *,
    dimensions: Dimensions | None = None,
    n: Several = 11,
    seed: Seed = 0,
) -> Figure:
    """Draw images decoded along single latent dimensions, one row per dimension.

    One code is drawn from the prior. In each row, one of its dimensions is set to the
    quantiles of the prior at (i + 1/2) / n, i = 0 ... n - 1, and the others stay as
    drawn, so all codes are typical of the prior.

    Args:
        model: Model with `decode`, `latent_dim` and a `prior`.
        dataset: Data set that the model was trained on.
        dimensions: Indices of the dimensions, from 0. None is 24, 49 and 74, or the
            first three if the code has fewer than 75.
        n: Number of images in a row.
        seed: Seed of the code.

    Raises:
        UnsupportedError: The model cannot decode or has no prior.
        KerasAAEError: A dimension is out of range.
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


def walks(
    code: np.ndarray, dimensions: Sequence[int], values: np.ndarray
) -> np.ndarray:
    """Return copies of a code with one dimension at a time set to each value.

    Args:
        code: Code, (latent_dim,).
        dimensions: Indices of k dimensions.
        values: Values of the varied dimension, (n,).

    Returns:
        Codes, float32 (k, n, latent_dim).
    """
    codes = np.tile(code.astype("float32"), (len(dimensions), len(values), 1))
    for row, dimension in zip(codes, dimensions, strict=True):
        row[:, dimension] = values
    return codes


def _dimensions(chosen: Sequence[int] | None, latent_dim: int) -> list[int]:
    if chosen is None:
        return list(CHOSEN if latent_dim > max(CHOSEN) else range(min(3, latent_dim)))
    if max(chosen) < latent_dim:
        return list(chosen)
    raise RecipeError(
        f"Invalid dimensions {chosen!r}. Expected whole numbers from 0 to "
        f"{latent_dim - 1}."
    )
