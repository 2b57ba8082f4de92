import numpy as np
import pytest
from keras import ops

from keras_aae.losses.wasserstein import (
    feature_distance,
    gradient_penalty,
    interpolate,
    wasserstein_distance,
    wasserstein_generator_loss,
)

RNG = np.random.default_rng(0)


def tensor(array):
    return ops.convert_to_tensor(np.asarray(array, "float32"))


def test_a_critic_estimates_a_distance_that_the_generator_shortens():
    real, fake = RNG.normal(2, 1, (8, 1)), RNG.normal(size=(8, 1))
    found = float(wasserstein_distance(tensor(real), tensor(fake)))
    assert found == pytest.approx(real.mean() - fake.mean(), rel=1e-5)
    assert float(wasserstein_generator_loss(tensor(fake))) == pytest.approx(
        -fake.mean(), rel=1e-4
    )


def test_images_between_lie_on_the_lines_from_generated_to_real():
    real, fake = RNG.random((3, 2, 2, 1)), RNG.random((3, 2, 2, 1))
    shares = np.array([0, 0.25, 1]).reshape(3, 1, 1, 1)
    found = ops.convert_to_numpy(interpolate(*map(tensor, (real, fake, shares))))
    np.testing.assert_allclose(found[0], fake[0], rtol=1e-6)
    np.testing.assert_allclose(found[1], real[1] / 4 + 3 * fake[1] / 4, rtol=1e-5)
    np.testing.assert_allclose(found[2], real[2], rtol=1e-6)


def test_the_penalty_is_of_the_norm_of_each_slope():
    slopes = RNG.normal(size=(5, 3, 4, 2))
    norms = np.linalg.norm(slopes.reshape(5, -1), axis=1)
    found = float(gradient_penalty(tensor(slopes)))
    assert found == pytest.approx(np.mean((norms - 1) ** 2), rel=1e-5)
    assert float(gradient_penalty(tensor(np.zeros((2, 3, 4, 1))))) == pytest.approx(
        1, rel=1e-5
    )


def test_features_are_compared_by_their_means_over_the_batch():
    real, fake = RNG.normal(1, 1, (6, 2, 2, 3)), RNG.normal(size=(6, 2, 2, 3))
    expected = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    found = float(feature_distance(tensor(real), tensor(fake)))
    assert found == pytest.approx(expected, rel=1e-5)
    # In pairs it would not be 0 for the same images in another order.
    assert float(feature_distance(tensor(real), tensor(real[::-1]))) < 1e-10
