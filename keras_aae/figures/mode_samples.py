"""What the decoder makes of the petals of a prior."""

import numpy as np

from keras_aae.abilities import (
    Decodes,
    HasClassComponents,
    HasPrior,
    HasRadialComponents,
    require,
    supports,
)
from keras_aae.checks import Positive, Several, Strength, validated
from keras_aae.errors import RecipeError
from keras_aae.figures.class_rows import row_names
from keras_aae.figures.rows import named_rows


@validated
def mode_samples(
    model, dataset=None, *, n: Several = 15, start: Strength = 1.5, stop: Positive = 3.5
):
    """Images decoded outwards along the axis of each petal of an umbrella, a row a petal.

    z_i = r_i (cos a_k, sin a_k),  r_i = start ... stop,  a_k = 2 pi k / K

    Rows are named by class where the discriminator was told the classes, so that petal k
    is meant for class k, and else by number.

    Args:
        model: with `decode`, and a prior with petals.
        dataset: whose classes name the rows.
        n: images in a row.
        start: distance of the first from the origin.
        stop: distance of the last.

    Raises:
        UnsupportedError: the model cannot decode, or its prior has no petals.
        KerasAAEError: an option has no meaning.
    """
    by = "Figure 'mode-samples'"
    prior = require(model, Decodes, HasPrior, by=by).prior
    require(prior, HasRadialComponents, by=by)
    radii = _radii(start, stop, n)
    petals = [prior.along(k, radii) for k in range(prior.components)]
    images = model.decode(np.concatenate(petals))
    is_told = supports(model, HasClassComponents)
    names = row_names(prior.components, dataset if is_told else None)
    rows = images.reshape(prior.components, n, *images.shape[1:])
    note = "" if dataset is None else dataset.note
    return named_rows(rows, names, note, along=("distance from the origin", radii))


def _radii(start, stop, n: int) -> np.ndarray:
    if start < stop:
        return np.linspace(start, stop, n)
    raise RecipeError(f"Invalid start {start!r}. Expected less than stop, {stop!r}.")
