"""Class against style: the same codes decoded as of each class."""

from typing import Annotated

import numpy as np

from keras_aae.checks import Choice, Seed, Several, validated
from keras_aae.figures.class_rows import classify_test_images, row_names
from keras_aae.figures.prior_samples import draw_samples
from keras_aae.figures.rows import named_rows
from keras_aae.models.base.abilities import (
    Classifies,
    DecodesClasses,
    HasPrior,
    require,
    supports,
)


def _drawn(prior, n: int, seed: int) -> np.ndarray:
    return draw_samples(prior, n, seed).astype("float32")


def _swept(prior, n: int, seed: int) -> np.ndarray:
    codes = np.zeros((n, prior.latent_dim), "float32")
    codes[:, 0] = prior.quantiles((np.arange(n) + 0.5) / n)
    return codes


SPACINGS = {"prior": _drawn, "sweep": _swept}
Spacing = Annotated[str, Choice(SPACINGS)]


@validated
def style_grid(
    model, dataset=None, *, n: Several = 10, spacing: Spacing = "prior", seed: Seed = 0
):
    """One class a row, one style a column: the same code, decoded as of each class.

    Rows are named by class if there are as many, and a model that classifies for itself
    means the same classes; else they are numbered.

    Args:
        model: with `classes`, `decode(z, labels)` and a `prior` of styles.
        dataset: whose classes name the rows.
        n: columns.
        spacing: 'prior' for styles drawn from the prior, or 'sweep' for the first
            dimension at the prior's quantiles (i + 1/2) / n, the others at 0.
        seed: of the styles drawn.

    Raises:
        UnsupportedError: the decoder is told no class, or there is no prior.
        KerasAAEError: an option has no meaning.
    """
    require(model, DecodesClasses, HasPrior, by="Figure 'style-grid'")
    codes = SPACINGS[spacing](model.prior, n, seed)
    k = model.classes
    images = model.decode(np.tile(codes, (k, 1)), np.repeat(np.arange(k), n))
    rows = images.reshape(k, n, *images.shape[1:])
    along = (
        ("first dimension of the style", codes[:, 0]) if spacing == "sweep" else None
    )
    note = "" if dataset is None else dataset.note
    return named_rows(rows, _names(model, dataset), note, along=along)


def _names(model, dataset) -> list[str]:
    found = None
    if dataset is not None and supports(model, Classifies):
        found = classify_test_images(model, dataset, "style-grid").argmax(axis=1)
    return row_names(model.classes, dataset, found)
