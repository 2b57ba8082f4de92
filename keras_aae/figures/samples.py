"""Images decoded from the prior or from a density fitted to codes."""

from typing import Annotated, Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import Decodes, Encodes, Generates, require
from keras_aae.checks import Choice, Count, Seed, validated
from keras_aae.data import Dataset
from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.evaluation.density import generate_from_density
from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.style import add_note, house_style, image_figure


def _from_prior(
    model: Any, dataset: Dataset | None, n: int, components: int, seed: int
) -> np.ndarray:
    del dataset, components
    generate = require(model, Generates, by="Figure 'samples'").generate
    try:
        return generate(n, seed=seed)
    except UnsupportedError as error:
        raise UnsupportedError(
            f"{error} Or use sampler 'gmm', which needs no prior."
        ) from None


def _from_density(
    model: Any, dataset: Dataset | None, n: int, components: int, seed: int
) -> np.ndarray:
    require(model, Encodes, Decodes, by="Figure 'samples'")
    if dataset is None:
        raise KerasAAEError(
            "Figure 'samples' with sampler 'gmm' needs a dataset. Pass dataset=..."
        )
    return generate_from_density(model, dataset, n, components=components, seed=seed)


SAMPLERS = {"prior": _from_prior, "gmm": _from_density}
Sampler = Annotated[str, Choice(SAMPLERS)]


@validated
def samples(
    model: Any,
    dataset: Dataset | None = None,
    *,
    n: Count = 100,
    sampler: Sampler = "prior",
    components: Count = 10,
    seed: Seed = 0,
) -> Figure:
    """Draw `n` images decoded from random codes, in a grid as square as possible.

    Args:
        model: Model with `generate`, or with `encode` and `decode` for 'gmm'.
        dataset: Data set whose training images are encoded for 'gmm'.
        n: Number of images.
        sampler: Distribution of the codes: 'prior', or 'gmm' for a Gaussian mixture
            fitted to the codes of training images, which suits any autoencoder.
        components: Number of components of the mixture.
        seed: Seed of the codes and of the fit.

    Raises:
        UnsupportedError: The model lacks the prior or encoder that the sampler needs.
        KerasAAEError: An option is invalid.
    """
    draw = SAMPLERS[sampler]
    images = draw(model, dataset, n, components, seed)
    return _figure(images, "" if dataset is None else dataset.note)


@house_style()
def _figure(images: np.ndarray, note: str) -> Figure:
    image = tile(images, columns=near_square(len(images)))
    figure, _ = image_figure(image, tile=images.shape[2])
    add_note(figure, note)
    return figure
