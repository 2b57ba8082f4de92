import numpy as np
import pytest
from matplotlib.colors import to_rgb

from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.space import measure_space
from keras_aae.figures.space_per_class import space_per_class
from keras_aae.figures.style import PALETTE


def test_the_map_is_of_the_classes_in_their_colors(model, dataset):
    figure = space_per_class(model, dataset)
    space = measure_space(model, dataset)
    (image,) = figure.axes[0].images
    shown = np.asarray(image.get_array())
    assert image.origin == "lower"
    np.testing.assert_allclose(image.get_extent(), space.limits.ravel())
    clear = ~space.ambiguous
    colors = np.array([to_rgb(color) for color in PALETTE])[space.classes]
    np.testing.assert_allclose(shown[clear], colors[clear])
    assert (shown[~clear] > colors[~clear] - 1e-9).all()


def test_every_class_there_is_is_named_on_the_map(model, dataset):
    names = {text.get_text() for text in space_per_class(model, dataset).axes[0].texts}
    present = np.unique(measure_space(model, dataset).classes)
    assert {dataset.class_names[k] for k in present} <= names
    assert {"1σ", "2σ"} <= names


@pytest.mark.parametrize("panel, weights", [(1, "area"), (2, "mass")])
def test_bars_are_the_shares_beside_those_of_the_images(model, dataset, panel, weights):
    axes = space_per_class(model, dataset).axes[panel]
    space = measure_space(model, dataset)
    expected = 100 * space.by_class(getattr(space, weights))
    whole, clear = (
        [bar.get_width() for bar in bars.patches] for bars in axes.containers
    )
    np.testing.assert_allclose(whole, expected)
    assert (np.array(clear) <= np.array(whole) + 1e-9).all()
    (lines,) = axes.collections
    at = [segment[0, 0] for segment in lines.get_segments()]
    np.testing.assert_allclose(at, 10)
    assert [text.get_text() for text in axes.texts] == [f"{v:.1f}" for v in expected]


def test_without_a_prior_the_density_is_a_fitted_one(make_model, dataset):
    figure = space_per_class(make_model(2), dataset)
    assert figure.axes[2].get_xlabel() == "share of the fitted density (%)"
    assert not figure.axes[0].lines


def test_other_models_and_data_are_refused(model, make_model, make_dataset, dataset):
    with pytest.raises(UnsupportedError, match="two latent dimensions"):
        space_per_class(make_model(3), dataset)
    with pytest.raises(UnsupportedError, match="labeled"):
        space_per_class(model, make_dataset(classes=0))
