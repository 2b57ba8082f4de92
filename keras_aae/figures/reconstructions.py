"""Test images beside their reconstructions."""

import textwrap
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import Corrupts, Generates, Reconstructs, require
from keras_aae.checks import Count, Number, Seed, validated
from keras_aae.data import Dataset
from keras_aae.figures.grid import WHITE, near_square, side_by_side, tile
from keras_aae.figures.inputs import Part, first_images
from keras_aae.figures.rows import away, named_rows
from keras_aae.figures.style import NAMES, add_note, house_style, image_figure

LINE = 0.11  # inches, height of a line of a heading
LETTERS = 12  # of a heading over one image
Threshold = Annotated[float, Number(0, 1)]


@validated
def reconstructions(model: Reconstructs, dataset: Dataset, *, n: Count = 10) -> Figure:
    """Draw the first `n` test images and, below, their reconstructions.

    Args:
        model: Model with `reconstruct`.
        dataset: Data set whose test images are shown.
        n: Number of columns, at most all test images.

    Raises:
        UnsupportedError: The model cannot reconstruct.
    """
    originals, copies = _pairs(model, dataset, n, "reconstructions")
    both = np.concatenate([originals, copies])
    return _figure(tile(both, columns=len(originals)), originals, dataset)


@validated
def reconstruction_strip(
    model: Reconstructs, dataset: Dataset, *, n: Count = 8
) -> Figure:
    """Draw one test image per row, with its reconstruction to the right.

    Args:
        model: Model with `reconstruct`.
        dataset: Data set whose first test images are shown.
        n: Number of rows, at most all test images.

    Raises:
        UnsupportedError: The model cannot reconstruct.
    """
    originals, copies = _pairs(model, dataset, n, "reconstruction-strip")
    return _figure(side_by_side([originals, copies]), originals, dataset)


@validated
def reconstruction_strips(
    models: Mapping[str, Reconstructs], dataset: Dataset, *, n: Count = 8
) -> Figure:
    """Draw one test image per row, followed by its reconstruction by each model.

    Args:
        models: Models with `reconstruct`, by heading, for the same images.
        dataset: Data set whose first test images are shown.
        n: Number of rows, at most all test images.

    Raises:
        UnsupportedError: A model cannot reconstruct.
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
def reconstruction_grid(
    model: Reconstructs, dataset: Dataset, *, n: Count = 64, part: Part = "test"
) -> Figure:
    """Draw the first `n` images in a square beside a square of reconstructions.

    Args:
        model: Model with `reconstruct`.
        dataset: Data set whose images are shown.
        n: Number of images, at most all of the split.
        part: Split, "test" or "train".

    Raises:
        UnsupportedError: The model cannot reconstruct.
        KerasAAEError: The split is unknown.
    """
    originals, copies = _pairs(model, dataset, n, "reconstruction-grid", part)
    return _squares({"original": originals, "reconstruction": copies}, dataset)


@validated
def triple_panel(
    model: Any, dataset: Dataset, *, n: Count = 25, seed: Seed = 0
) -> Figure:
    """Draw squares of noisy test images, denoised images and generated images.

    Args:
        model: Model with `reconstruct`, `generate` and `corrupt`, which adds the noise
            of its training.
        dataset: Data set whose first test images are shown.
        n: Number of images in each square, at most all test images.
        seed: Seed of the noise and of the generated images.

    Raises:
        UnsupportedError: The model cannot corrupt, reconstruct or generate.

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
def thresholded(
    model: Reconstructs, dataset: Dataset, *, n: Count = 10, threshold: Threshold = 0.2
) -> Figure:
    """Draw the first `n` test images, their reconstructions, and these thresholded.

    Args:
        model: Model with `reconstruct`.
        dataset: Data set whose test images are shown.
        n: Number of columns, at most all test images.
        threshold: Value above which pixels are white; all others are black.

    Raises:
        UnsupportedError: The model cannot reconstruct.
        KerasAAEError: The threshold is not between 0 and 1.
    """
    originals, copies = _pairs(model, dataset, n, "thresholded")
    above = (copies > threshold).astype("float32")
    names = ("original", "reconstruction", f"above {threshold:g}")
    return named_rows([originals, copies, above], names, dataset.note, left=NAMES)


@validated
def denoising(model: Any, dataset: Dataset, *, n: Count = 10, seed: Seed = 0) -> Figure:
    """Draw the first `n` test images, corrupted images and their reconstructions.

    Args:
        model: Model with `reconstruct` and `corrupt`, which adds the noise of its
            training.
        dataset: Data set whose test images are shown.
        n: Number of columns, at most all test images.
        seed: Seed of the noise.

    Raises:
        UnsupportedError: The model cannot reconstruct or corrupt.
    """
    require(model, Corrupts, Reconstructs, by="Figure 'denoising'")
    originals = first_images(dataset, n)
    corrupted = model.corrupt(originals, seed)
    rows = [originals, corrupted, model.reconstruct(corrupted)]
    names = ("original", "corrupted", "reconstruction")
    return named_rows(rows, names, dataset.note, left=NAMES)


def _pairs(
    model: Reconstructs, dataset: Dataset, n: int, figure: str, part: str = "test"
) -> tuple[np.ndarray, np.ndarray]:
    reconstruct = require(model, Reconstructs, by=f"Figure {figure!r}").reconstruct
    originals = first_images(dataset, n, part)
    return originals, reconstruct(originals)


def _squares(groups: dict[str, np.ndarray], dataset: Dataset) -> Figure:
    """Draw groups of equally many images as squares side by side, with headings."""
    images = next(iter(groups.values()))
    squares = [tile(group, near_square(len(images))) for group in groups.values()]
    height, width, channels = squares[0].shape
    side = max(images.shape[1:3])
    between = np.full((height, side // 2, channels), WHITE, "float32")
    strips = [strip for square in squares for strip in (between, square)][1:]
    image = np.concatenate(strips, axis=1)
    return _headed(image, list(groups), width, side, dataset)


@house_style()
def _figure(image: np.ndarray, originals: np.ndarray, dataset: Dataset) -> Figure:
    figure, _ = image_figure(image, tile=max(originals.shape[1:3]))
    add_note(figure, dataset.note)
    return figure


@house_style()
def _headed(
    image: np.ndarray, headings: list[str], width: int, side: int, dataset: Dataset
) -> Figure:
    """Draw columns, each `width` pixels wide, with a heading above each."""
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
    """Return a heading wrapped to `LETTERS` letters, at spaces and hyphens."""
    # textwrap does not break at a hyphen before a digit, which names often have.
    return textwrap.fill(heading.replace("-", "- "), LETTERS).replace("- ", "-")
