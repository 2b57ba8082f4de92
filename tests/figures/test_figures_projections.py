import numpy as np
import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.projections import (
    component_names,
    pca,
    principal_components,
    tsne,
)


def shown(figure):
    (cloud,) = figure.axes[0].collections
    return np.asarray(cloud.get_offsets())


def title(figure):
    return figure.axes[0].get_title(loc="left")


@pytest.fixture
def clusters(make_dataset):
    """Return a data set of two classes, and a model with well separated codes."""
    dataset = make_dataset(n=60, classes=2)
    dataset.test.images = np.arange(60)

    class Model:
        def encode(self, positions):
            codes = np.random.default_rng(0).normal(size=(60, 4))[positions]
            return codes + 20 * dataset.test.labels[positions, None]

    return Model(), dataset


def test_principal_components_of_a_known_cloud():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(500, 3)) * [1.0, 5.0, 2.0] + 7
    points, shares = principal_components(codes)
    centered = codes - codes.mean(axis=0)
    for component, dimension in enumerate((1, 2, 0)):
        both = points[:, component], centered[:, dimension]
        assert np.corrcoef(*both)[0, 1] > 0.99
    np.testing.assert_allclose(shares, [25 / 30, 4 / 30, 1 / 30], atol=0.03)
    np.testing.assert_allclose(shares.sum(), 1)


def test_shares_of_codes_that_are_all_the_same_are_zero():
    points, shares = principal_components(np.ones((5, 3)))
    assert not points.any() and not shares.any()


def test_the_axes_say_which_component_and_its_share():
    names = component_names(np.array([0.5, 0.3, 0.15, 0.05]), (0, 3))
    assert names == [
        "first principal component (50% of the variance)",
        "4th principal component (5%)",
    ]


@pytest.mark.parametrize("components", [(0, 1), (1, 3)])
def test_pca_shows_the_components_asked_for(make_model, dataset, components):
    model = make_model(5)
    figure = pca(model, dataset, components=components)
    expected, _ = principal_components(model.encode(dataset.test.images))
    order = np.lexsort(expected[:, components].T)
    points = shown(figure)
    np.testing.assert_allclose(
        points[np.lexsort(points.T)], expected[:, components][order], atol=1e-6
    )
    assert title(figure) == "PCA of 200 codes of 5 dimensions"


def test_pca_of_two_dimensions_turns_them(model, dataset):
    x, y = shown(pca(model, dataset)).T
    assert abs(np.corrcoef(x, y)[0, 1]) < 1e-6
    assert x.std() >= y.std()


@pytest.mark.parametrize(
    "components", [(0, 0), (0, 5), (-1, 0), (0,), "01", 3, (0, 1.5)]
)
def test_components_that_do_not_exist_are_refused(make_model, dataset, components):
    with pytest.raises(KerasAAEError, match="Invalid components .*Expected"):
        pca(make_model(5), dataset, components=components)


def test_tsne_keeps_neighbors_together(clusters):
    (cloud,) = tsne(*clusters).axes[0].collections
    points, colors = np.asarray(cloud.get_offsets()), cloud.get_facecolor()
    apart = np.linalg.norm(points[:, None] - points, axis=-1)
    nearest = np.argsort(apart, axis=1)[:, 1]
    assert len(points) == 60
    np.testing.assert_array_equal(colors[nearest], colors)


def test_tsne_draws_the_same_again_on_axes_without_numbers(clusters):
    figure, again = (tsne(*clusters, perplexity=5, seed=1) for _ in range(2))
    np.testing.assert_array_equal(shown(figure), shown(again))
    (axes,) = figure.axes
    assert not len(axes.get_xticks()) and not len(axes.get_yticks())
    (x, y), (x1, y1) = axes.transData.transform([(0, 0), (1, 1)])
    np.testing.assert_allclose(x1 - x, y1 - y)


@pytest.mark.parametrize(
    "options, expected",
    [({"perplexity": 7.5}, "7.5"), ({"n": 5}, "1.33")],
)
def test_the_perplexity_used_is_at_most_a_third_and_written(
    clusters, options, expected
):
    heading = title(tsne(*clusters, **options))
    n = options.get("n", 60)
    assert heading == f"t-SNE of {n} codes of 4 dimensions, perplexity {expected}"


@pytest.mark.parametrize("value", [0.5, -3, float("nan"), float("inf"), "30"])
def test_invalid_perplexities_are_refused(model, dataset, value):
    with pytest.raises(KerasAAEError, match="Invalid perplexity .*at least 1"):
        tsne(model, dataset, perplexity=value)


def test_tsne_of_a_handful_is_refused(model, make_dataset):
    with pytest.raises(UnsupportedError, match="at least 5 test images. Received: 4"):
        tsne(model, make_dataset(n=4))


def test_codes_that_are_all_the_same_can_be_drawn(model, make_dataset):
    model.weights[:] = 0
    for figure in (pca, tsne):
        assert len(shown(figure(model, make_dataset(n=20)))) == 20


@pytest.mark.parametrize("draw, name", [(pca, "pca"), (tsne, "tsne")])
def test_one_dimension_is_refused(make_model, dataset, draw, name):
    message = f"'{name}' needs codes of at least 2 dimensions. These have 1. Draw 'scat"
    with pytest.raises(UnsupportedError, match=message):
        draw(make_model(1), dataset)
    with pytest.raises(UnsupportedError, match=f"'{name}' .* lacks `encode`"):
        draw(object(), dataset)
