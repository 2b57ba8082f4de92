"""What the model makes of codes drawn from its prior, or as its codes lie."""

from typing import Annotated

import numpy as np

from keras_aae.checks import Choice, Count, Seed, validated
from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.evaluation.density import generate_from_density
from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.style import add_note, house_style, image_figure
from keras_aae.models.base.abilities import Decodes, Encodes, Generates, require


def _from_prior(model, dataset, n: int, components: int, seed: int) -> np.ndarray:
    del dataset, components
    generate = require(model, Generates, by="Figure 'samples'").generate
    try:
        return generate(n, seed=seed)
    except UnsupportedError as error:
        raise UnsupportedError(f"{error} Sampler 'gmm' needs none.") from None


def _from_density(model, dataset, n: int, components: int, seed: int) -> np.ndarray:
    require(model, Encodes, Decodes, by="Figure 'samples'")
    if dataset is None:
        raise KerasAAEError(
            "Figure 'samples' with sampler 'gmm' needs training images. Pass dataset=..."
        )
    return generate_from_density(model, dataset, n, components=components, seed=seed)


SAMPLERS = {"prior": _from_prior, "gmm": _from_density}
Sampler = Annotated[str, Choice(SAMPLERS)]


@validated
def samples(
    model,
    dataset=None,
    *,
    n: Count = 100,
    sampler: Sampler = "prior",
    components: Count = 10,
    seed: Seed = 0,
):
    """`n` images decoded from random codes, in a grid as square as `n` allows.

    Args:
        model: with `generate`; for 'gmm' with `encode` and `decode`.
        dataset: whose training images are encoded for 'gmm'.
        n: images.
        sampler: 'prior', or 'gmm' for a mixture of Gaussians fitted to the codes of the
            training images, which any autoencoder has.
        components: Gaussians of the mixture.
        seed: of the codes, and of the fit.

    Raises:
        UnsupportedError: the model has no prior, or no encoder, to draw codes from.
        KerasAAEError: an option has no meaning.
    """
    draw = SAMPLERS[sampler]
    images = draw(model, dataset, n, components, seed)
    return _figure(images, "" if dataset is None else dataset.note)


@house_style()
def _figure(images: np.ndarray, note: str):
    image = tile(images, columns=near_square(len(images)))
    figure, _ = image_figure(image, tile=images.shape[2])
    add_note(figure, note)
    return figure
