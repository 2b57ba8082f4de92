"""Reconstructions and samples: the figures that are one image."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.grid import tile
from keras_aae.figures.reconstructions import reconstruction_strip, reconstructions
from keras_aae.figures.samples import samples
from keras_aae.figures.style import DPI, PAGE, add_note, image_figure


def test_reconstructions_are_originals_above_copies(model, dataset, image_of):
    figure = reconstructions(model, dataset, n=6)
    assert isinstance(figure, Figure)
    first = dataset.test.images[:6].astype("float32") / 255
    expected = tile(np.concatenate([first, 1 - first]), columns=6)
    np.testing.assert_allclose(image_of(figure), expected[..., 0])


def test_strip_is_originals_left_of_copies(model, dataset, image_of):
    image = image_of(reconstruction_strip(model, dataset, n=3))
    first = dataset.test.images[:3, ..., 0].astype("float32") / 255
    assert image.shape == (3 * 9 - 1, 2 * 9 - 1)
    np.testing.assert_allclose(image[9:17, :8], first[1])
    np.testing.assert_allclose(image[9:17, 9:], 1 - first[1])


def test_fewer_images_than_asked_for_are_all_shown(model, make_dataset, image_of):
    image = image_of(reconstructions(model, make_dataset(n=3)))
    assert image.shape == (17, 3 * 9 - 1)


def test_samples_fill_a_square_and_follow_the_seed(model, image_of):
    image = image_of(samples(model, n=10, seed=3))
    assert image.shape == (3 * 9 - 1, 4 * 9 - 1)
    expected = tile(model.generate(10, seed=3), columns=4)[..., 0]
    np.testing.assert_array_equal(image, expected)
    assert (image != image_of(samples(model, n=10, seed=4))).any()


@pytest.mark.parametrize("draw", [reconstructions, reconstruction_strip])
def test_a_model_that_cannot_reconstruct_is_named(draw, dataset):
    class Generator:
        pass

    with pytest.raises(UnsupportedError, match="`reconstruct`, which Generator"):
        draw(Generator(), dataset)


def test_a_model_that_cannot_generate_is_named():
    with pytest.raises(UnsupportedError, match="needs `generate`.*prior"):
        samples(object())


@pytest.mark.parametrize("n", [0, -1, 2.5, "10"])
def test_a_count_is_a_whole_number(model, n):
    with pytest.raises(KerasAAEError, match="`n`.*at least 1. Received"):
        samples(model, n=n)


@pytest.mark.parametrize("note", ["", "below the image"])
@pytest.mark.parametrize("margins", [(0, 0), (0.5, 0.34)])
def test_pixels_are_shown_as_whole_squares(margins, note):
    image = np.random.default_rng(0).integers(0, 256, (57, 85, 1)) / 255
    figure, _ = image_figure(image, tile=28, margins=margins)
    add_note(figure, note)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=DPI)
    buffer.seek(0)
    shown = np.rint(imread(buffer)[..., 0] * 255)
    left = round(margins[0] * DPI)
    top = round(0.05 * DPI) if margins[0] else 0
    expected = np.kron(np.rint(image[..., 0] * 255), np.ones((4, 4)))
    part = shown[top : top + 4 * 57, left : left + 4 * 85]
    np.testing.assert_allclose(part, expected, atol=1)  # of 255, rounded to a colour


def test_no_figure_is_wider_than_a_page():
    image = np.zeros((250, 20 * 250, 3))
    figure, _ = image_figure(image, tile=250)
    assert figure.get_figwidth() <= PAGE + 1e-9
