import numpy as np
import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.classes import apart
from keras_aae.figures.scatterplot import scatterplot


def points_of(figure):
    return sum(len(cloud.get_offsets()) for cloud in figure.axes[0].collections)


def legend_of(figure):
    return [text.get_text() for legend in figure.legends for text in legend.texts]


def texts_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_test_image_is_a_point_and_every_class_an_entry(model, dataset):
    figure = scatterplot(model, dataset)
    assert points_of(figure) == 200
    assert legend_of(figure) == list(dataset.class_names)
    assert set(dataset.class_names) <= set(texts_of(figure))


@pytest.mark.parametrize("classes", [0, 10, 40])
def test_both_axes_have_equal_units(model, make_dataset, classes):
    figure = scatterplot(model, make_dataset(classes=classes, note="a note"))
    axes = figure.axes[0]
    (x, y), (x1, y1) = axes.transData.transform([(0, 0), (1, 1)])
    np.testing.assert_allclose(x1 - x, y1 - y)
    low, high = axes.transData.inverted().transform(axes.bbox.get_points())
    points = np.concatenate([c.get_offsets() for c in axes.collections])
    assert (points > low).all() and (points < high).all()


def test_points_are_the_codes_in_the_color_of_their_class(model, dataset):
    figure = scatterplot(model, dataset)
    (cloud,) = figure.axes[0].collections
    codes = model.encode(dataset.test.images)
    shown = np.asarray(cloud.get_offsets())
    rows = [np.abs(codes - point).sum(axis=1).argmin() for point in shown]
    np.testing.assert_allclose(shown, codes[rows], atol=1e-6)
    labels = dataset.test.labels[rows]
    for label in range(10):
        assert len(np.unique(cloud.get_facecolor()[labels == label], axis=0)) == 1


def test_fewer_points_come_from_the_whole_test_set(model, make_dataset):
    dataset = make_dataset()
    dataset.test.labels = np.sort(dataset.test.labels)
    figure = scatterplot(model, dataset, n=50)
    assert points_of(figure) == 50
    assert len(legend_of(figure)) == 10


def test_the_prior_is_outlined_and_named(model, make_model, dataset):
    figure = scatterplot(model, dataset)
    assert len(figure.axes[0].lines) == 2
    assert {"1σ", "2σ"} <= set(texts_of(figure))
    assert not scatterplot(make_model(2), dataset).axes[0].lines


ANGLE = np.linspace(0, 2 * np.pi, 73)
CIRCLE = np.stack([np.cos(ANGLE), np.sin(ANGLE)], axis=1)


@pytest.mark.parametrize(
    "curve",
    [
        np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 3.0]]),
        CIRCLE * [1.0, 0.8],
        CIRCLE + [2.0, 0.0],
        1.2 * CIRCLE[:10],
        2**-0.5 * CIRCLE[9::18],  # a square
    ],
    ids=["triangle", "ellipse", "elsewhere", "arc", "square"],
)
def test_outlines_that_are_no_sigma_circles_have_no_name(model, prior, dataset, curve):
    prior.outlines = lambda: [curve]
    model.prior = prior
    assert not any("σ" in text for text in texts_of(scatterplot(model, dataset)))


def test_more_dimensions_show_two_principal_components(make_model, prior, dataset):
    axes = scatterplot(make_model(5, prior), dataset).axes[0]
    assert "first principal component (" in axes.get_xlabel()
    assert "%" in axes.get_ylabel()
    assert not axes.lines


def test_one_dimension_has_a_named_row_for_each_class(make_model, dataset):
    figure = scatterplot(make_model(1), dataset)
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names == list(dataset.class_names)
    assert points_of(figure) == 200
    heights = np.asarray(figure.axes[0].collections[0].get_offsets())[:, 1]
    assert set(np.rint(heights)) == set(range(10))


@pytest.mark.parametrize("latent_dim", [1, 2, 3])
def test_without_labels_there_is_no_legend(make_model, make_dataset, latent_dim):
    figure = scatterplot(make_model(latent_dim), make_dataset(classes=0))
    assert points_of(figure) == 200
    assert not legend_of(figure)


def test_the_second_ten_classes_are_triangles(model, make_dataset):
    figure = scatterplot(model, make_dataset(classes=14))
    assert len(figure.axes[0].collections) == 2
    markers = [handle.get_marker() for handle in figure.legends[0].legend_handles]
    assert markers == ["o"] * 10 + ["^"] * 4


def test_many_classes_run_through_one_color_scale_that_says_so(model, make_dataset):
    figure = scatterplot(model, make_dataset(classes=40))
    assert not legend_of(figure)
    assert figure.axes[1].get_ylabel() == "class number, of 40 classes"


def test_long_names_are_cut_on_the_points_but_not_in_the_legend(model, make_dataset):
    names = ("a very long class name", "short")
    figure = scatterplot(model, make_dataset(classes=2, names=names))
    assert {"a very long…", "short"} <= set(texts_of(figure))
    assert legend_of(figure) == list(names)


def test_labels_at_one_place_are_moved_apart():
    sizes = np.full((5, 2), [2.0, 1.0])
    places = apart(np.zeros((5, 2)), sizes)
    heights = np.sort(places[:, 1])
    assert (np.diff(heights) > 0.99).all()
    assert not places[:, 0].any()


def test_labels_that_can_be_read_stay():
    centers = np.array([[0.0, 0.0], [0.0, 3.0], [9.0, 0.0]])
    np.testing.assert_array_equal(apart(centers, np.ones((3, 2))), centers)


def test_a_single_image_can_be_drawn(make_model, make_dataset):
    for latent_dim in (1, 2, 3):
        assert points_of(scatterplot(make_model(latent_dim), make_dataset(n=1))) == 1


def test_codes_that_are_not_finite_are_refused(model, dataset):
    model.weights[:] = np.nan
    with pytest.raises(KerasAAEError, match="not finite numbers.*diverged"):
        scatterplot(model, dataset)


def test_a_model_without_an_encoder_is_named(dataset):
    with pytest.raises(UnsupportedError, match="object lacks `encode`"):
        scatterplot(object(), dataset)
