import numpy as np
import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.latent_sweep import latent_sweep
from keras_aae.priors import Umbrella, Uniform

STEP = 9  # pixels from one tile to the next: 8 and a gap


def codes_shown(image, n):
    """Return z_1 and z_2 of every tile, written into it by the model, (rows, n)."""
    x, y = image[::STEP, ::STEP], image[::STEP, 1::STEP]
    return np.log(x / (1 - x)), np.log(y / (1 - y))


def test_one_call_decodes_the_grid_with_y_upward(model, image_of):
    figure = latent_sweep(model, n=5, extent=2.0)
    (codes,) = model.decoded
    assert codes.shape == (25, 2) and codes.dtype == np.float32
    x, y = codes_shown(image_of(figure), 5)
    steps = np.linspace(-2, 2, 5)
    np.testing.assert_allclose(x, np.tile(steps, (5, 1)), atol=1e-5)
    np.testing.assert_allclose(y, np.tile(steps[::-1, None], (1, 5)), atol=1e-5)


def test_ticks_stand_at_the_middles_of_their_tiles(model):
    (axes,) = latent_sweep(model, n=7, extent=3.0).axes
    middles = np.arange(7) * STEP + 3.5
    names = ["−3", "−2", "−1", "0", "1", "2", "3"]
    np.testing.assert_allclose(axes.get_xticks(), middles)
    np.testing.assert_allclose(axes.get_yticks(), middles[::-1])
    assert [text.get_text() for text in axes.get_xticklabels()] == names
    assert [text.get_text() for text in axes.get_yticklabels()] == names


def test_quantiles_give_each_image_an_equal_share_of_the_prior(model, prior, image_of):
    figure = latent_sweep(model, n=4, spacing="quantile")
    x, _ = codes_shown(image_of(figure), 4)
    expected = prior.quantiles([0.125, 0.375, 0.625, 0.875])
    np.testing.assert_allclose(x[0], expected, atol=1e-5)


def test_a_grid_reaches_as_far_as_the_prior(make_model, image_of):
    model = make_model(2, Umbrella(10))
    figure = latent_sweep(model, n=5, spacing="prior")
    x, y = codes_shown(image_of(figure), 5)
    np.testing.assert_allclose(x[0], [-4, -2, 0, 2, 4], atol=1e-4)
    np.testing.assert_allclose(y[:, 0], [4, 2, 0, -2, -4], atol=1e-4)


def test_codes_are_followed_between_their_percentiles(model, dataset, image_of):
    figure = latent_sweep(model, dataset, n=5, spacing="codes")
    low, high = np.percentile(model.encode(dataset.test.images), (1, 99), axis=0)
    x, y = codes_shown(image_of(figure), 5)
    np.testing.assert_allclose(x[0], np.linspace(low[0], high[0], 5), atol=1e-4)
    np.testing.assert_allclose(y[:, 0], np.linspace(high[1], low[1], 5), atol=1e-4)


def test_ticks_follow_the_codes_of_each_axis(model, dataset):
    (axes,) = latent_sweep(model, dataset, n=5, spacing="codes").axes
    codes = model.decoded[0]
    for axis, column in ((axes.xaxis, codes[:5, 0]), (axes.yaxis, codes[::-5, 1])):
        places = axis.get_ticklocs()
        names = [text.get_text().replace("−", "-") for text in axis.get_ticklabels()]
        middles = np.arange(5) * STEP + 3.5
        middles = middles if axis is axes.xaxis else middles[::-1]
        slope, start = np.polyfit(middles, column, 1)
        np.testing.assert_allclose(
            np.array(names, float), start + slope * places, atol=1e-5
        )
        assert len(names) > 2


def test_further_dimensions_lie_at_the_codes_medians(make_model, dataset):
    model = make_model(4)
    figure = latent_sweep(model, dataset, n=3, spacing="codes")
    medians = np.median(model.encode(dataset.test.images), axis=0)
    np.testing.assert_allclose(model.decoded[0][:, 2:], np.tile(medians[2:], (9, 1)))
    assert "beyond 2 at their medians" in figure.axes[0].get_xlabel()


def test_codes_need_a_data_set_and_an_encoder(model, dataset):
    with pytest.raises(KerasAAEError, match="'codes' needs a dataset"):
        latent_sweep(model, spacing="codes")

    class Decoder:
        latent_dim, decode = 2, model.decode

    with pytest.raises(UnsupportedError, match="Decoder lacks `encode`"):
        latent_sweep(Decoder(), dataset, spacing="codes")


def test_the_default_grid_covers_the_codes(make_model, dataset, image_of):
    def first_row(model, data=None, **options):
        x, _ = codes_shown(image_of(latent_sweep(model, data, n=3, **options)), 3)
        return x[0]

    for data in (None, dataset):
        bounded = make_model(2, Uniform(2))
        np.testing.assert_allclose(first_row(bounded, data), [-1, 0, 1], atol=1e-4)
        np.testing.assert_allclose(
            first_row(bounded, data, extent=2), [-2, 0, 2], atol=1e-4
        )
    free = make_model(2)
    np.testing.assert_allclose(first_row(free), [-3, 0, 3], atol=1e-4)
    low, high = np.percentile(free.encode(dataset.test.array())[:, 0], (1, 99))
    np.testing.assert_allclose(first_row(free, dataset)[[0, 2]], [low, high], atol=1e-4)


def test_one_dimension_gives_one_row(make_model, image_of):
    model = make_model(1)
    figure = latent_sweep(model, n=6)
    assert model.decoded[0].shape == (6, 1)
    assert image_of(figure).shape == (8, 6 * STEP - 1)
    assert not len(figure.axes[0].get_yticks())


def test_further_dimensions_stay_at_zero_and_the_label_says_so(make_model):
    model = make_model(4)
    figure = latent_sweep(model, n=3)
    assert not model.decoded[0][:, 2:].any()
    assert "beyond 2 at 0" in figure.axes[0].get_xlabel()


def test_the_grid_lies_around_a_given_code(make_model):
    model = make_model(3)
    figure = latent_sweep(model, n=3, extent=1.0, around=(5, 6, 7))
    codes = model.decoded[0]
    np.testing.assert_allclose(codes[0], [4, 7, 7])
    np.testing.assert_allclose(codes[4], [5, 6, 7])
    assert "beyond 2 at the given code" in figure.axes[0].get_xlabel()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"n": 1}, "Invalid n 1. Expected a whole number of at least 2"),
        ({"extent": 0}, "Invalid extent 0. Expected a number above 0"),
        ({"extent": "3"}, "Invalid extent '3'"),
        ({"spacing": "linar"}, "Did you mean 'linear'"),
        ({"around": (1, 2, 3)}, "Invalid around .*Expected a list of 2 numbers"),
        ({"around": "0, 0"}, "Invalid around '0, 0'. Expected a list"),
        ({"around": (1, np.nan)}, "Invalid around .*Expected a list"),
        ({"around": (0, 0), "spacing": "quantile"}, "around .*'quantile'.*'linear'"),
        ({"around": (0, 0), "spacing": "prior"}, "around .*'prior'.*'linear'"),
        ({"around": (0, 0), "spacing": "codes"}, "around .*'codes'.*'linear'"),
    ],
)
def test_invalid_options_are_refused(model, options, message):
    with pytest.raises(KerasAAEError, match=message):
        latent_sweep(model, **options)
    assert not model.decoded


@pytest.mark.parametrize("spacing", ["quantile", "prior"])
def test_spacings_of_the_prior_need_a_prior(make_model, spacing):
    message = f"'{spacing}' needs .* LinearModel lacks `prior`"
    with pytest.raises(UnsupportedError, match=message):
        latent_sweep(make_model(2), spacing=spacing)


def test_a_model_without_a_decoder_is_named():
    with pytest.raises(UnsupportedError, match="object lacks `decode`"):
        latent_sweep(object())
