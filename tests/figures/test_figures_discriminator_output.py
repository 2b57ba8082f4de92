import numpy as np
import pytest

from keras_aae.errors import UnsupportedError
from keras_aae.figures.discriminator_output import discriminator_output


def outputs_of(axes):
    (cloud,) = axes.collections
    return np.asarray(cloud.get_offsets())


def test_every_code_and_every_sample_is_a_dot_in_its_order(model, dataset):
    codes, samples = discriminator_output(model, dataset, seed=5).axes
    expected = model.discriminate(model.prior.sample(200, 5))
    np.testing.assert_array_equal(outputs_of(samples)[:, 0], np.arange(1, 201))
    np.testing.assert_allclose(outputs_of(samples)[:, 1], expected)
    of_codes = np.sort(model.discriminate(model.encode(dataset.test.images)))
    np.testing.assert_allclose(np.sort(outputs_of(codes)[:, 1]), of_codes, rtol=1e-6)


def test_lines_stand_at_chance_and_at_the_mean_with_its_value(model, dataset):
    for axes in discriminator_output(model, dataset).axes:
        chance, mean = (line.get_ydata()[0] for line in axes.lines)
        assert chance == 0.5
        assert mean == pytest.approx(outputs_of(axes)[:, 1].mean())
        assert [text.get_text() for text in axes.texts] == [f"mean\n{mean:.3f}"]


def test_titles_say_how_often_the_discriminator_is_right(model, dataset):
    model.discriminate = lambda z: np.arange(len(z)) / 100
    left, right = discriminator_output(model, dataset, n=100).axes
    assert left.get_title(loc="left") == (
        "codes of 100 test images, 50.0% recognized (D < 0.5)"
    )
    assert right.get_title(loc="left") == (
        "100 samples of the prior, 49.0% recognized (D > 0.5)"
    )


def test_a_class_conditional_discriminator_receives_no_class(model, dataset):
    def discriminate(z, labels=None):
        assert labels is None
        return np.full(len(z), 0.4)

    before = discriminator_output(model, dataset).axes[0].get_ylabel()
    model.discriminate, model.num_condition_classes = discriminate, 4
    after = discriminator_output(model, dataset).axes[0].get_ylabel()
    assert after == f"{before} (no class given)"


def test_the_whole_range_of_probabilities_is_shown(model, dataset):
    for axes in discriminator_output(model, dataset).axes:
        low, high = axes.get_ylim()
        assert low < 0 and high > 1


def test_codes_are_drawn_by_a_model_that_draws_them(model, dataset):
    model.sample_codes = lambda x: np.full((len(x), 2), np.inf)
    with pytest.raises(ValueError, match="not finite"):
        discriminator_output(model, dataset)


def test_a_model_needs_prior_and_discriminator(make_model, model, dataset):
    with pytest.raises(UnsupportedError, match="lacks `prior`"):
        discriminator_output(make_model(2), dataset)
    model.discriminate = None
    with pytest.raises(UnsupportedError, match="`discriminate`.*an adversarial"):
        discriminator_output(model, dataset)
