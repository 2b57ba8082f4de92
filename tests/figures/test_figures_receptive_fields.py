from types import SimpleNamespace

import numpy as np
import pytest

from keras_aae.errors import UnsupportedError
from keras_aae.figures.receptive_fields import receptive_fields


def encoder(*kernels, shape=(4, 4, 1)):
    """A model whose encoder's layers have these kernels, and an input and other layers."""
    layers = [
        SimpleNamespace(),
        *(SimpleNamespace(kernel=kernel) for kernel in kernels),
    ]
    return SimpleNamespace(encoder=SimpleNamespace(layers=layers), image_shape=shape)


def shown(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


def test_units_are_images_sorted_by_their_norm():
    kernel = np.zeros((16, 3))
    kernel[5, 0], kernel[6, 1], kernel[:, 2] = -1, 3, 0
    image = shown(receptive_fields(encoder(kernel, np.ones((3, 2)))))
    assert image.shape == (9, 9, 3)
    largest, next_one, dead = image[:4, :4], image[:4, 5:], image[5:, :4]
    red, _, blue = largest[1, 2]
    assert red > blue and largest[1, 1].min() > 0.9
    red, _, blue = next_one[1, 1]
    assert blue > red
    assert np.ptp(dead, axis=(0, 1)).max() == 0 and dead.min() > 0.9


def test_colors_are_symmetric_about_zero():
    kernel = np.random.default_rng(0).normal(size=(16, 9)) + 0.5
    _, bar = receptive_fields(encoder(kernel)).axes
    low, high = bar.get_xlim()
    assert low == -high
    np.testing.assert_allclose(high, np.percentile(np.abs(kernel), 99.5), rtol=1e-6)


def test_a_convolution_shows_its_kernels():
    kernel = np.random.default_rng(0).normal(size=(3, 3, 1, 4))
    assert shown(receptive_fields(encoder(kernel))).shape == (7, 7, 3)
    kernel = np.zeros((3, 3, 3, 2))
    kernel[1, 1, 0, 1] = 1
    image = shown(receptive_fields(encoder(kernel, shape=(8, 8, 3))))
    np.testing.assert_allclose(image[1, 1], [1, 0.5, 0.5])
    np.testing.assert_allclose(image[:3, 4:], 0.5)


def test_count_is_the_most_units():
    kernel = np.random.default_rng(0).normal(size=(16, 9))
    assert shown(receptive_fields(encoder(kernel), n=4)).shape == (9, 9, 3)


def test_layers_are_found_inside_others():
    model = encoder(np.ones((3, 2)))
    inner = SimpleNamespace(layers=[SimpleNamespace(kernel=np.eye(16))])
    model.encoder.layers.insert(1, inner)
    assert shown(receptive_fields(model)).shape == (19, 19, 3)


@pytest.mark.parametrize("model", [encoder(), encoder(np.ones((3, 2))), object()])
def test_an_encoder_that_begins_otherwise_is_refused(model):
    with pytest.raises(UnsupportedError, match="'receptive-fields' needs .*encoder"):
        receptive_fields(model)


@pytest.mark.parametrize("network", ["dense", "conv"])
def test_models_are_understood(network):
    from keras_aae import build_model

    model = build_model("vae", image_shape=(8, 8, 1), latent_dim=2, network=network)
    assert len(receptive_fields(model, n=5).axes) == 2
