"""Test images beside what the model makes of them."""

import numpy as np

from keras_aae.figures.grid import side_by_side, tile
from keras_aae.figures.inputs import ability, first_images
from keras_aae.figures.style import add_note, house_style, image_figure


def reconstructions(model, dataset, *, n: int = 10):
    """The first `n` test images above, their reconstructions below.

    Args:
        model: with `reconstruct`.
        dataset: whose test images are shown.
        n: columns; fewer if there are fewer test images.

    Raises:
        UnsupportedError: the model cannot reconstruct.
    """
    originals, copies = _pairs(model, dataset, n, "reconstructions")
    both = np.concatenate([originals, copies])
    return _figure(tile(both, columns=len(originals)), originals, dataset)


def reconstruction_strip(model, dataset, *, n: int = 8):
    """One test image a row, the original left, its reconstruction right.

    Args:
        model: with `reconstruct`.
        dataset: whose first test images are shown.
        n: rows; fewer if there are fewer test images.

    Raises:
        UnsupportedError: the model cannot reconstruct.
    """
    originals, copies = _pairs(model, dataset, n, "reconstruction-strip")
    return _figure(side_by_side([originals, copies]), originals, dataset)


def _pairs(model, dataset, n: int, figure: str) -> tuple[np.ndarray, np.ndarray]:
    reconstruct = ability(model, "reconstruct", figure)
    originals = first_images(dataset, n)
    return originals, reconstruct(originals)


@house_style()
def _figure(image: np.ndarray, originals: np.ndarray, dataset):
    figure, _ = image_figure(image, tile=originals.shape[2])
    add_note(figure, dataset.note)
    return figure
