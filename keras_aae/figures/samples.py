"""What the model makes of codes drawn from its prior."""

import numpy as np

from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.inputs import ability, check_count
from keras_aae.figures.style import house_style, image_figure


def samples(model, *, n: int = 100, seed: int = 0):
    """`n` images decoded from the prior, in a grid as square as `n` allows.

    Args:
        model: with `generate`.
        n: images.
        seed: of the codes.

    Raises:
        UnsupportedError: the model has no prior to generate from.
    """
    generate = ability(model, "generate", "samples")
    return _figure(generate(check_count("n", n), seed=seed))


@house_style()
def _figure(images: np.ndarray):
    image = tile(images, columns=near_square(len(images)))
    figure, _ = image_figure(image, tile=images.shape[2])
    return figure
