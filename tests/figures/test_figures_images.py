"""Figures that consist of one image: reconstructions and samples."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.grid import tile
from keras_aae.figures.reconstructions import (
    denoising,
    reconstruction_grid,
    reconstruction_strip,
    reconstruction_strips,
    reconstructions,
    thresholded,
    triple_panel,
)
from keras_aae.figures.samples import samples
from keras_aae.figures.style import DPI, PAGE, add_note, house_style, image_figure


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


def test_a_square_of_originals_stands_beside_that_of_copies(model, dataset, image_of):
    figure = reconstruction_grid(model, dataset, n=9)
    first = dataset.test.images[:9].astype("float32") / 255
    image, square = image_of(figure), tile(first, columns=3)[..., 0]
    np.testing.assert_allclose(image[:, :26], square)
    np.testing.assert_allclose(image[:, -26:], tile(1 - first, columns=3)[..., 0])
    assert (image[:, 26:-26] == 1).all() and image.shape[1] > 2 * 26
    assert names_on(figure) == ["original", "reconstruction"]
    middles = [text.xy[0] for text in figure.axes[0].texts]
    np.testing.assert_allclose(middles, [12.5, image.shape[1] - 13.5])


def test_a_grid_can_be_of_images_trained_on(model, dataset, image_of):
    image = image_of(reconstruction_grid(model, dataset, n=9, part="train"))
    first = dataset.train.images[:9].astype("float32") / 255
    np.testing.assert_allclose(image[:, :26], tile(first, columns=3)[..., 0])
    with pytest.raises(KerasAAEError, match="train, test"):
        reconstruction_grid(model, dataset, part="all")


def test_three_squares_are_noisy_denoised_and_generated(model, dataset, image_of):
    figure = triple_panel(model, dataset, n=9, seed=2)
    noisy = model.corrupt(dataset.test.images[:9].astype("float32") / 255, 2)
    expected = [noisy, 1 - noisy, model.generate(9, 2)]
    image = image_of(figure)
    for k, images in enumerate(expected):
        left = k * (26 + 4)
        square = tile(images, columns=3)[..., 0]
        np.testing.assert_allclose(image[:, left : left + 26], square, atol=1e-6)
    assert image.shape == (26, 3 * 26 + 2 * 4)
    assert figure.axes[0].images[0].get_clim() == (0, 1)
    assert names_on(figure) == ["noisy", "denoised", "generated"]


def names_on(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_strips_are_originals_left_of_each_models_copies(make_model, dataset, image_of):
    class Negative(type(make_model(2))):
        def reconstruct(self, x):
            return x / 2

    models = {"2-D": make_model(2), "an autoencoder-32": Negative(5)}
    figure = reconstruction_strips(models, dataset, n=3)
    first = dataset.test.images[:3].astype("float32") / 255
    expected = np.stack([first, 1 - first, first / 2], axis=1).reshape(9, 8, 8, 1)
    np.testing.assert_allclose(image_of(figure), tile(expected, columns=3)[..., 0])
    assert names_on(figure) == ["original", "2-D", "an\nautoencoder-\n32"]


def test_headings_break_at_hyphens(model, dataset):
    names = ["conv-vae-20d", "conv-autoencoder-20d"]
    figure = reconstruction_strips(dict.fromkeys(names, model), dataset, n=1)
    expected = ["original", "conv-vae-\n20d", "conv-\nautoencoder-\n20d"]
    assert names_on(figure) == expected


def test_headings_neither_overlap_nor_leave_the_page(model, dataset):
    names = ["conv-autoencoder-2d", "conv-autoencoder-5d", "conv-autoencoder-20d"]
    figure = reconstruction_strips(dict.fromkeys(names, model), dataset, n=2)
    with house_style():
        boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert all(a.x1 < b.x0 for a, b in zip(boxes, boxes[1:], strict=False))
    assert boxes[0].x0 >= 0 and boxes[-1].x1 <= figure.bbox.x1
    assert max(box.y1 for box in boxes) <= figure.bbox.y1


def test_a_third_row_is_white_above_the_threshold(model, dataset, image_of):
    figure = thresholded(model, dataset, n=4, threshold=0.6)
    first = dataset.test.images[:4, ..., 0].astype("float32") / 255
    image = image_of(figure)
    np.testing.assert_allclose(image[9:17, :8], 1 - first[0])
    np.testing.assert_array_equal(image[18:, 9:17], 1 - first[1] > 0.6)
    assert names_on(figure) == ["original", "reconstruction", "above 0.6"]


@pytest.mark.parametrize("threshold", [-0.1, 1.5, "0.2", np.nan])
def test_a_threshold_lies_between_black_and_white(model, dataset, threshold):
    with pytest.raises(
        KerasAAEError, match=r"Invalid threshold .*Expected a number in \[0, 1\]"
    ):
        thresholded(model, dataset, threshold=threshold)


def test_what_was_corrupted_is_reconstructed(model, dataset, image_of):
    image = image_of(denoising(model, dataset, n=4, seed=3))
    first = dataset.test.images[:4].astype("float32") / 255
    corrupted = model.corrupt(first, 3)
    expected = np.concatenate([first, corrupted, 1 - corrupted])
    np.testing.assert_allclose(image, tile(expected, columns=4)[..., 0])
    assert (image != image_of(denoising(model, dataset, n=4, seed=4))).any()


def test_a_model_without_noise_is_named(dataset):
    with pytest.raises(UnsupportedError, match="lacks `corrupt`.*a denoising auto"):
        denoising(object(), dataset)
    with pytest.raises(UnsupportedError, match="'triple-panel' .* lacks `corrupt`"):
        triple_panel(object(), dataset)


def test_images_much_higher_than_wide_stay_on_the_page(model, make_dataset):
    figure = reconstructions(model, make_dataset(shape=(200, 2, 1)))
    assert figure.get_figheight() < 2


def test_fewer_images_than_asked_for_are_all_shown(model, make_dataset, image_of):
    image = image_of(reconstructions(model, make_dataset(n=3)))
    assert image.shape == (17, 3 * 9 - 1)


def test_samples_fill_a_square_and_follow_the_seed(model, image_of):
    image = image_of(samples(model, n=10, seed=3))
    assert image.shape == (3 * 9 - 1, 4 * 9 - 1)
    expected = tile(model.generate(10, seed=3), columns=4)[..., 0]
    np.testing.assert_array_equal(image, expected)
    assert (image != image_of(samples(model, n=10, seed=4))).any()


@pytest.mark.parametrize(
    "draw", [reconstructions, reconstruction_strip, reconstruction_grid, thresholded]
)
def test_a_model_that_cannot_reconstruct_is_named(draw, dataset):
    class Generator:
        pass

    with pytest.raises(UnsupportedError, match="Generator lacks `reconstruct`"):
        draw(Generator(), dataset)


def test_a_model_that_cannot_generate_is_named():
    with pytest.raises(UnsupportedError, match="lacks `generate`.*prior"):
        samples(object())


@pytest.mark.parametrize("n", [0, -1, 2.5, "10"])
def test_a_count_is_a_whole_number(model, n):
    with pytest.raises(KerasAAEError, match="Invalid n .*at least 1"):
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
    np.testing.assert_allclose(part, expected, atol=1)  # of 255, rounded to a color


def test_no_figure_is_wider_than_a_page():
    image = np.zeros((250, 20 * 250, 3))
    figure, _ = image_figure(image, tile=250)
    assert figure.get_figwidth() <= PAGE + 1e-9
