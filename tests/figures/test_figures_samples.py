import numpy as np
import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.evaluation.density import fit_density
from keras_aae.figures import draw
from keras_aae.figures.grid import tile
from keras_aae.figures.samples import samples


def test_a_model_without_a_prior_has_samples_too(make_model, dataset, image_of):
    model = make_model(5)
    figure = samples(model, dataset, n=4, sampler="gmm", components=2, seed=3)
    density = fit_density(model, dataset, components=2, seed=3)
    expected = tile(model.decode(density.sample(4, seed=3)), columns=2)[..., 0]
    np.testing.assert_array_equal(image_of(figure), expected)


def test_samples_of_the_prior_need_no_data(model):
    assert draw("samples", model=model, n=4)


def test_a_model_without_a_prior_is_referred_to_the_other_sampler(model):
    def no_prior(n, seed):
        raise UnsupportedError("No prior.")

    model.generate = no_prior
    with pytest.raises(UnsupportedError, match="No prior.*sampler 'gmm'"):
        samples(model)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"sampler": "gm"}, "Invalid sampler 'gm'. .*Did you mean 'gmm'"),
        ({"sampler": "gmm"}, "'gmm' needs a dataset"),
        (
            {"components": 0},
            "Invalid components 0. Expected a whole number of at least 1",
        ),
    ],
)
def test_invalid_options_are_refused(model, options, message):
    with pytest.raises(KerasAAEError, match=message):
        samples(model, **options)


def test_a_model_that_cannot_encode_is_named(dataset):
    with pytest.raises(UnsupportedError, match="object lacks `encode`"):
        samples(object(), dataset, sampler="gmm")
