from types import SimpleNamespace

import numpy as np
import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.posteriors import posterior_prior, posteriors
from keras_aae.figures.style import FAINT, PALETTE
from keras_aae.priors import Normal, SwissRoll, Umbrella


def points_of(axes):
    return np.concatenate([np.asarray(c.get_offsets()) for c in axes.collections])


def colors_of(axes):
    return {tuple(c) for cloud in axes.collections for c in cloud.get_facecolor()}


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def texts_of(axes):
    return [text.get_text() for text in axes.texts]


def legend_of(figure):
    return [text.get_text() for legend in figure.legends for text in legend.texts]


def test_codes_stand_beside_as_many_samples(model, dataset):
    figure = posterior_prior(model, dataset, seed=3)
    codes, samples = figure.axes
    assert titles(figure) == [
        "codes of 200 test images, by class",
        "200 samples of the prior",
    ]
    expected = model.encode(dataset.test.images)
    order = np.lexsort(points_of(codes).T), np.lexsort(expected.T)
    np.testing.assert_allclose(points_of(codes)[order[0]], expected[order[1]])
    np.testing.assert_allclose(points_of(samples), model.prior.sample(200, 3))
    assert legend_of(figure) == list(dataset.class_names)


def test_panels_share_limits_with_equal_units(model, dataset):
    model.weights += 0.3  # codes far from the prior
    figure = posterior_prior(model, dataset)
    left, right = figure.axes
    assert left.get_xlim() == right.get_xlim()
    assert left.get_ylim() == right.get_ylim()
    points = np.concatenate([points_of(left), points_of(right)])
    for axes in (left, right):
        axes.apply_aspect()
        (x, y), (x1, y1) = axes.transData.transform([(0, 0), (1, 1)])
        np.testing.assert_allclose(x1 - x, y1 - y)
        low, high = axes.transData.inverted().transform(axes.bbox.get_points())
        assert (points > low).all() and (points < high).all()


def test_both_panels_have_the_outlines_and_one_their_names(model, dataset):
    codes, samples = posterior_prior(model, dataset).axes
    assert len(codes.lines) == len(samples.lines) == 2
    assert texts_of(samples) == ["1σ", "2σ"]
    assert set(texts_of(codes)) == set(dataset.class_names)


def test_samples_without_components_have_a_color_of_no_class(model, dataset):
    codes, samples = posterior_prior(model, dataset).axes
    assert len(colors_of(codes)) == len(PALETTE)
    assert not colors_of(samples) & colors_of(codes)


@pytest.mark.parametrize("prior", [Umbrella(4), SwissRoll(4)])
def test_samples_of_components_are_balanced_and_colored_by_them(
    make_model, make_dataset, prior
):
    figure = posterior_prior(make_model(2, prior), make_dataset(classes=4))
    _, samples = figure.axes
    (cloud,) = samples.collections
    _, counts = np.unique(cloud.get_facecolor(), axis=0, return_counts=True)
    assert list(counts) == [50] * 4
    assert titles(figure)[1] == "200 samples of the prior, by component"
    assert not texts_of(samples)  # components are not mapped to classes


def test_components_are_the_classes_if_the_model_maps_them(make_model, make_dataset):
    model, dataset = make_model(2, Umbrella(4)), make_dataset(classes=4)
    model.components_are_classes = True
    figure = posterior_prior(model, dataset)
    assert titles(figure)[1] == "200 samples of the prior, by class"
    assert set(texts_of(figure.axes[1])) == set(dataset.class_names)
    model.prior = Umbrella(7)
    assert titles(posterior_prior(model, dataset))[1].endswith("by component")


def test_of_more_dimensions_the_first_two_are_drawn_and_it_says_so(make_model, dataset):
    model = make_model(5, Normal(5))
    codes, samples = posterior_prior(model, dataset).axes
    assert codes.get_xlabel() == samples.get_xlabel() == "$z_1$ of 5 dimensions"
    assert codes.get_ylabel() == "$z_2$"
    assert points_of(codes)[:, 0].max() == model.encode(dataset.test.images)[:, 0].max()
    assert not codes.lines and not samples.lines


@pytest.mark.parametrize("classes", [0, 40])
def test_classes_that_cannot_be_told_apart_are_not_colored(
    model, make_dataset, classes
):
    figure = posterior_prior(model, make_dataset(classes=classes))
    assert titles(figure)[0] == "codes of 200 test images"
    assert len(colors_of(figure.axes[0])) == 1
    assert not figure.legends


def test_codes_are_drawn_by_a_model_that_draws_them(model, dataset):
    model.sample_codes = lambda x: np.full((len(x), 2), 7.0)
    assert (points_of(posterior_prior(model, dataset).axes[0]) == 7).all()
    assert (points_of(posteriors({"one": model}, dataset).axes[0]) == 7).all()


def test_a_model_needs_a_prior_of_its_codes(make_model, dataset):
    with pytest.raises(UnsupportedError, match="LinearModel lacks `prior`"):
        posterior_prior(make_model(2), dataset)
    with pytest.raises(UnsupportedError, match="have 3 dim.*the prior 2"):
        posterior_prior(make_model(3, Umbrella(4)), dataset)
    with pytest.raises(UnsupportedError, match="at least 2 dimensions"):
        posterior_prior(make_model(1, Normal(1)), dataset)


def test_several_posteriors_have_a_panel_each_the_same_axes_and_one_legend(
    make_model, prior, dataset
):
    models = {"one": make_model(2, prior), "two": make_model(2), "three": make_model(4)}
    models["two"].weights *= 5
    figure = posteriors(models, dataset)
    assert titles(figure) == ["one", "two", "three"]
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes}) == 1
    for axes, model in zip(figure.axes, models.values(), strict=True):
        codes = model.encode(dataset.test.images)[:, :2]
        np.testing.assert_allclose(points_of(axes).max(axis=0), codes.max(axis=0))
    assert [len(axes.lines) for axes in figure.axes] == [2, 0, 0]
    names = [axes.get_xlabel() for axes in figure.axes]
    assert names == ["$z_1$", "$z_1$", "$z_1$ of 4 dimensions"]
    assert legend_of(figure) == list(dataset.class_names)
    assert len(figure.legends) == 1


def test_small_panels_leave_the_names_to_the_legend(model, dataset):
    named = [
        len(posteriors({f"{i}": model for i in range(n)}, dataset).axes[0].texts)
        for n in (3, 4)
    ]
    assert named == [10, 0]


def test_five_models_are_too_many(model, dataset):
    with pytest.raises(KerasAAEError, match="at most 4 models. Received: 5"):
        posteriors({f"{i}": model for i in range(5)}, dataset)


def test_every_model_has_to_encode(model, dataset):
    with pytest.raises(UnsupportedError, match="'posteriors' .* lacks `encode`"):
        posteriors({"one": model, "two": SimpleNamespace()}, dataset)


def test_names_on_collapsed_codes_do_not_cover_one_another(make_model, dataset):
    model = make_model(2)
    model.weights *= 0
    (axes,) = posteriors({"collapsed": model}, dataset).axes
    assert len({text.get_position() for text in axes.texts}) == 10


def test_gray_is_no_color_of_a_class():
    assert FAINT not in PALETTE
