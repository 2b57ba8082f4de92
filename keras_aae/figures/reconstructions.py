"""Test images beside what a model makes of them."""

import textwrap
from typing import Annotated

import numpy as np

from keras_aae.checks import Count, Number, Seed, validated
from keras_aae.figures.grid import WHITE, near_square, side_by_side, tile
from keras_aae.figures.inputs import Part, first_images
from keras_aae.figures.rows import away, named_rows
from keras_aae.figures.style import NAMES, add_note, house_style, image_figure
from keras_aae.models.base.abilities import Corrupts, Generates, Reconstructs, require

LINE = 0.11  # inches, of a heading
LETTERS = 12  # of a heading over one image
Threshold = Annotated[float, Number(0, 1)]


@validated
def reconstructions(model, dataset, *, n: Count = 10):
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


@validated
def reconstruction_strip(model, dataset, *, n: Count = 8):
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


@validated
def reconstruction_strips(models, dataset, *, n: Count = 8):
    """One test image a row, the original left, then a reconstruction of each model.

    Args:
        models: heading -> model with `reconstruct`, all for the same images.
        dataset: whose first test images are shown.
        n: rows; fewer if there are fewer test images.

    Raises:
        UnsupportedError: a model cannot reconstruct.
    """
    kind = "reconstruction-strips"
    makers = [
        require(model, Reconstructs, by=f"Figure {kind!r}").reconstruct
        for model in models.values()
    ]
    originals = first_images(dataset, n)
    strips = [originals, *(reconstruct(originals) for reconstruct in makers)]
    headings = [_wrapped(heading) for heading in ("original", *models)]
    image, side = side_by_side(strips), max(originals.shape[1:3])
    return _headed(image, headings, originals.shape[2], side, dataset)


@validated
def reconstruction_grid(model, dataset, *, n: Count = 64, part: Part = "test"):
    """The first `n` test images in a square, and beside it their reconstructions.

    Args:
        model: with `reconstruct`.
        dataset: whose images are shown.
        n: images; fewer if there are fewer.
        part: "test", or "train" for images that were trained on.

    Raises:
        UnsupportedError: the model cannot reconstruct.
        KerasAAEError: there is no such part.
    """
    originals, copies = _pairs(model, dataset, n, "reconstruction-grid", part)
    return _squares({"original": originals, "reconstruction": copies}, dataset)


@validated
def triple_panel(model, dataset, *, n: Count = 25, seed: Seed = 0):
    """Noisy test images, what they are denoised to, and generated images, in squares.

    Args:
        model: with `corrupt`, the noise that it was trained against, `reconstruct` and
            `generate`.
        dataset: whose first test images are shown.
        n: images in each square; fewer if there are fewer test images.
        seed: of the noise and of the generated images.

    Raises:
        UnsupportedError: the model cannot corrupt, reconstruct or generate.

    References:
        SENs, shared encoding networks (Burke, 2017), whose results are such panels
        https://github.com/drburke/tensorflow
    """
    require(model, Corrupts, Reconstructs, Generates, by="Figure 'triple-panel'")
    noisy = model.corrupt(first_images(dataset, n), seed)
    squares = {
        "noisy": noisy,
        "denoised": model.reconstruct(noisy),
        "generated": model.generate(len(noisy), seed),
    }
    return _squares(squares, dataset)


@validated
def thresholded(model, dataset, *, n: Count = 10, threshold: Threshold = 0.2):
    """The first `n` test images, their reconstructions, and where these are above a value.

    Args:
        model: with `reconstruct`.
        dataset: whose test images are shown.
        n: columns; fewer if there are fewer test images.
        threshold: pixels above it are white, all others black.

    Raises:
        UnsupportedError: the model cannot reconstruct.
        KerasAAEError: the threshold is no number between 0 and 1.
    """
    originals, copies = _pairs(model, dataset, n, "thresholded")
    above = (copies > threshold).astype("float32")
    names = ("original", "reconstruction", f"above {threshold:g}")
    return named_rows([originals, copies, above], names, dataset.note, left=NAMES)


@validated
def denoising(model, dataset, *, n: Count = 10, seed: Seed = 0):
    """The first `n` test images, corrupted, and reconstructed from what is left.

    Args:
        model: with `reconstruct` and `corrupt`, the noise that it was trained against.
        dataset: whose test images are shown.
        n: columns; fewer if there are fewer test images.
        seed: of the noise.

    Raises:
        UnsupportedError: the model cannot reconstruct or corrupt.
    """
    require(model, Corrupts, Reconstructs, by="Figure 'denoising'")
    originals = first_images(dataset, n)
    corrupted = model.corrupt(originals, seed)
    rows = [originals, corrupted, model.reconstruct(corrupted)]
    names = ("original", "corrupted", "reconstruction")
    return named_rows(rows, names, dataset.note, left=NAMES)


def _pairs(
    model, dataset, n: int, figure: str, part: str = "test"
) -> tuple[np.ndarray, np.ndarray]:
    reconstruct = require(model, Reconstructs, by=f"Figure {figure!r}").reconstruct
    originals = first_images(dataset, n, part)
    return originals, reconstruct(originals)


def _squares(groups: dict[str, np.ndarray], dataset):
    """Equally many images in each square, beside one another, under their headings."""
    images = next(iter(groups.values()))
    squares = [tile(group, near_square(len(images))) for group in groups.values()]
    height, width, channels = squares[0].shape
    side = max(images.shape[1:3])
    between = np.full((height, side // 2, channels), WHITE, "float32")
    strips = [strip for square in squares for strip in (between, square)][1:]
    image = np.concatenate(strips, axis=1)
    return _headed(image, list(groups), width, side, dataset)


@house_style()
def _figure(image: np.ndarray, originals: np.ndarray, dataset):
    figure, _ = image_figure(image, tile=max(originals.shape[1:3]))
    add_note(figure, dataset.note)
    return figure


@house_style()
def _headed(image: np.ndarray, headings: list[str], width: int, side: int, dataset):
    """Columns, each `width` pixels wide, under their headings."""
    head = 0.05 + LINE * max(1 + text.count("\n") for text in headings)
    figure, axes = image_figure(image, tile=side, head=head)
    middles = np.linspace(
        (width - 1) / 2, image.shape[1] - (width + 1) / 2, len(headings)
    )
    for middle, text in zip(middles, headings, strict=True):
        axes.annotate(text, (middle, -0.5), **away(0, 2), ha="center", va="bottom")
    add_note(figure, dataset.note)
    return figure


def _wrapped(heading: str) -> str:
    """In lines of `LETTERS` at most, broken at spaces and hyphens."""
    # textwrap itself breaks at no hyphen before a digit, and names are full of these.
    return textwrap.fill(heading.replace("-", "- "), LETTERS).replace("- ", "-")
