"""Class against style: the same codes decoded with each class."""

from typing import Annotated, Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import (
    Classifies,
    DecodesClasses,
    HasPrior,
    Prior,
    require,
    supports,
)
from keras_aae.checks import Choice, Seed, Several, validated
from keras_aae.data import Dataset
from keras_aae.figures.class_rows import classify_test_images, row_names
from keras_aae.figures.prior_samples import draw_samples
from keras_aae.figures.rows import named_rows


def _drawn(prior: Prior, n: int, seed: int) -> np.ndarray:
    return draw_samples(prior, n, seed).astype("float32")


def _swept(prior: Prior, n: int, seed: int) -> np.ndarray:
    codes = np.zeros((n, prior.latent_dim), "float32")
    codes[:, 0] = prior.quantiles((np.arange(n) + 0.5) / n)
    return codes


SPACINGS = {"prior": _drawn, "sweep": _swept}
Spacing = Annotated[str, Choice(SPACINGS)]


@validated
def style_grid(
    model: Any,
    dataset: Dataset | None = None,
    *,
    n: Several = 10,
    spacing: Spacing = "prior",
    seed: Seed = 0,
) -> Figure:
    """Draw one class per row and one style per column, from the same code.

    Rows are named by class if the data set has as many classes and, for a model that
    classifies, its classes agree with those of the data; otherwise rows are numbered.

    Args:
        model: Model with `classes`, `decode(z, labels)` and a `prior` over styles.
        dataset: Data set whose class names name the rows.
        n: Number of columns.
        spacing: Choice of styles: 'prior' draws them from the prior; 'sweep' sets the
            first dimension to quantiles of the prior at (i + 1/2) / n, the others to 0.
        seed: Seed of the styles.

    Raises:
        UnsupportedError: The decoder is not conditioned on classes, or has no prior.
        KerasAAEError: An option is invalid.
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


def _names(model: Any, dataset: Dataset | None) -> list[str]:
    found = None
    if dataset is not None and supports(model, Classifies):
        found = classify_test_images(model, dataset, "style-grid").argmax(axis=1)
    return row_names(model.classes, dataset, found)
