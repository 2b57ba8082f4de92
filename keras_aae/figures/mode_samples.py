"""Images decoded from the components of a prior."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import (
    Decodes,
    HasClassComponents,
    HasPrior,
    HasRadialComponents,
    require,
    supports,
)
from keras_aae.checks import Positive, Several, Strength, validated
from keras_aae.data import Dataset
from keras_aae.errors import RecipeError
from keras_aae.figures.class_rows import row_names
from keras_aae.figures.rows import named_rows


@validated
def mode_samples(
    model: Any,
    dataset: Dataset | None = None,
    *,
    n: Several = 15,
    start: Strength = 1.5,
    stop: Positive = 3.5,
) -> Figure:
    """Draw images decoded outward along the axis of each component, one per row.

    z_i = r_i (cos a_k, sin a_k),  r_i = start ... stop,  a_k = 2 pi k / K

    If the model was trained to map class k to component k, rows are named by class,
    otherwise by number.

    Args:
        model: Model with `decode` and a prior with radial components, such as umbrella.
        dataset: Data set whose class names name the rows.
        n: Number of images in a row.
        start: Distance of the first code of a row from the origin.
        stop: Distance of the last code.

    Raises:
        UnsupportedError: The model cannot decode, or its prior has no radial
            components.
        KerasAAEError: An option is invalid.
    """
    by = "Figure 'mode-samples'"
    prior = require(model, Decodes, HasPrior, by=by).prior
    require(prior, HasRadialComponents, by=by)
    radii = _radii(start, stop, n)
    codes = [prior.along(k, radii) for k in range(prior.components)]
    images = model.decode(np.concatenate(codes))
    are_classes = supports(model, HasClassComponents)
    names = row_names(prior.components, dataset if are_classes else None)
    rows = images.reshape(prior.components, n, *images.shape[1:])
    note = "" if dataset is None else dataset.note
    return named_rows(rows, names, note, along=("distance from the origin", radii))


def _radii(start: float, stop: float, n: int) -> np.ndarray:
    if start < stop:
        return np.linspace(start, stop, n)
    raise RecipeError(
        f"Invalid start {start!r}. Expected a value below stop, {stop!r}."
    )
