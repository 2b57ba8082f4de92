import numpy as np
import pytest

from keras_aae.errors import UnsupportedError
from keras_aae.figures.embedding_histograms import embedding_histograms
from keras_aae.figures.style import PAGE, house_style


class Units:
    """A model whose unit i is pixel i and whose generated codes are uniform."""

    def __init__(self, units, generated=None):
        self.units, self.generated = units, generated or units

    def encode(self, x):
        return x.reshape(len(x), -1)[:, : self.units] / 255

    def generate_codes(self, n, seed):
        return np.random.default_rng(seed).random((n, self.generated))


def heights(axes):
    return [patch.get_data().values for patch in axes.patches]


def test_a_panel_a_unit_shows_codes_and_generated_codes(make_dataset):
    dataset = make_dataset(n=400)
    figure = embedding_histograms(Units(5), dataset, bins=10, seed=3)
    assert len(figure.axes) == 5
    codes, generated = Units(5).encode(dataset.test.images), Units(5)
    edges = figure.axes[0].patches[0].get_data().edges
    for unit, axes in enumerate(figure.axes):
        of_codes, of_generated = heights(axes)
        expected = np.histogram(codes[:, unit], edges)[0] / 400
        np.testing.assert_allclose(of_codes, expected)
        z = generated.generate_codes(400, 3)[:, unit]
        np.testing.assert_allclose(of_generated, np.histogram(z, edges)[0] / 400)
        assert sum(of_codes) == pytest.approx(1)
        assert axes.get_xlim() == figure.axes[0].get_xlim()
        assert axes.get_ylim() == figure.axes[0].get_ylim()
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["codes of 400 test images", "400 generated codes"]


class ThroughImages(Units):
    """A model that halves generated codes as it decodes and re-encodes them."""

    reencodes_codes = True

    def generate(self, n, seed):
        codes = 255 * self.generate_codes(n, seed) / 2
        return codes.reshape(n, self.units, 1, 1)


def test_codes_decoded_and_encoded_again_are_shown_too(make_dataset):
    figure = embedding_histograms(ThroughImages(4), make_dataset(n=300), bins=8, seed=3)
    z = ThroughImages(4).generate_codes(300, 3)
    for unit, axes in enumerate(figure.axes):
        edges = axes.patches[0].get_data().edges
        _, generated, again = heights(axes)
        np.testing.assert_allclose(generated, np.histogram(z[:, unit], edges)[0] / 300)
        expected = np.histogram(z[:, unit] / 2, edges)[0] / 300
        np.testing.assert_allclose(again, expected, atol=0.02)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend[2] == "these decoded and encoded, as the discriminator sees them"


def test_without_a_generator_of_codes_they_are_of_the_prior(model, dataset):
    figure = embedding_histograms(model, dataset, seed=1)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend[1] == "200 samples of the prior"
    edges = figure.axes[1].patches[0].get_data().edges
    z = model.prior.sample(200, 1)[:, 1]
    np.testing.assert_allclose(
        heights(figure.axes[1])[1], np.histogram(z, edges)[0] / 200
    )


@pytest.mark.parametrize("units, rows", [(1, 1), (13, 2), (64, 4)])
def test_at_most_32_panels_fit_the_page(units, rows, make_dataset):
    figure = embedding_histograms(Units(units), make_dataset(n=50))
    assert len(figure.axes) == min(units, 32)
    assert figure.get_figwidth() <= PAGE
    places = {round(axes.get_position().y0, 6) for axes in figure.axes}
    assert len(places) == rows
    name = figure.legends[0].get_texts()[0].get_text()
    assert ("32 of 64 units" in name) == (units == 64)


def test_a_lonely_peak_is_cut_and_says_how_high_it_is(dataset):
    class Lonely(Units):
        def encode(self, x):
            return np.concatenate([0 * x[:, :1, 0, 0], super().encode(x)], axis=1)

    figure = embedding_histograms(Lonely(4, 5), dataset)
    (cut,) = [axes for axes in figure.axes if axes.texts]
    assert cut is figure.axes[0] and cut.texts[0].get_text() == "1.00"
    top = cut.get_ylim()[1]
    assert all(np.max(heights(axes)) < top < 1 for axes in figure.axes[1:])
    with house_style():
        assert cut.texts[0].get_window_extent().x1 <= figure.bbox.x1


def test_a_model_that_generates_no_such_codes_is_named(make_model, dataset):
    with pytest.raises(
        UnsupportedError, match="'embedding-histograms' .* lacks `prior`"
    ):
        embedding_histograms(make_model(2), dataset)
    with pytest.raises(UnsupportedError, match="have 3 dim.* of the prior 4"):
        embedding_histograms(Units(3, 4), dataset)
