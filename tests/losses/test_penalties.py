import keras
import numpy as np
import pytest
import reference
from keras import ops

from keras_aae.errors import RecipeError
from keras_aae.losses.regularizers import WeightPenalty, kl_sparsity, l1_activity
from keras_aae.networks import build_autoencoder_networks
from keras_aae.transforms.corruptions import CORRUPTIONS

rng = np.random.default_rng(0)
Z = rng.random((12, 5)).astype("float32")
X = rng.random((4, 20, 20, 1)).astype("float32")


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def corrupted(name, x, amount, seed):
    return numpy(CORRUPTIONS[name](ops.convert_to_tensor(x), amount, seed))


def test_sparsity_penalties_equal_their_definitions():
    assert float(l1_activity(-Z)) == pytest.approx(np.abs(Z).sum() / 12, rel=1e-6)
    expected = reference.bernoulli_kl(0.1, Z.mean(axis=0, dtype=float))
    np.testing.assert_allclose(numpy(kl_sparsity(Z, 0.1)), expected, rtol=1e-4)


def test_sparsity_penalties_do_not_change_with_the_batch_size():
    twice = np.concatenate([Z, Z])
    assert float(l1_activity(twice)) == pytest.approx(float(l1_activity(Z)), rel=1e-6)
    np.testing.assert_allclose(
        numpy(kl_sparsity(twice, 0.1)), numpy(kl_sparsity(Z, 0.1)), rtol=1e-4
    )


def test_the_weight_penalty_equals_its_definition_and_comes_back_from_its_config():
    w = rng.standard_normal((6, 4)).astype("float32")
    penalty = WeightPenalty.get(0.3, 2.0)
    expected = 0.3 * (w**2).sum() + 2.0 * (w[w < 0] ** 2).sum()
    assert float(penalty(w)) == pytest.approx(expected, rel=1e-5)
    again = keras.regularizers.deserialize(keras.regularizers.serialize(penalty))
    assert float(again(w)) == float(penalty(w))
    assert WeightPenalty.get(0, 0.0) is None


@pytest.mark.parametrize("value", [-1, float("nan"), "much"])
def test_the_weight_penalty_refuses_what_is_no_weight(value):
    with pytest.raises(RecipeError, match="nonnegativity.*at least 0"):
        build_autoencoder_networks((8, 8, 1), nonnegativity=value)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruptions_are_functions_of_their_seed_and_stay_in_range(name):
    noisy = corrupted(name, X, 0.3, 5)
    assert noisy.shape == X.shape and noisy.min() >= 0 and noisy.max() <= 1
    np.testing.assert_array_equal(noisy, corrupted(name, X, 0.3, 5))
    assert not np.array_equal(noisy, corrupted(name, X, 0.3, 6))
    np.testing.assert_allclose(corrupted(name, X, 0.0, 5), X, atol=1e-7)


def test_each_corruption_does_what_it_is_called():
    gray = np.full((50, 20, 20, 1), 0.5, "float32")
    gaussian = corrupted("gaussian", gray, 0.1, 1) - 0.5
    # Of a normal cut at two deviations, which puts the tails there.
    assert gaussian.std() == pytest.approx(0.0959, abs=0.001)
    assert np.abs(gaussian).max() == pytest.approx(0.2, abs=1e-6)
    masked = corrupted("masking", gray, 0.3, 1)
    assert set(np.unique(masked)) == {0.0, 0.5}
    assert (masked == 0).mean() == pytest.approx(0.3, abs=0.02)
    salted = corrupted("salt-and-pepper", gray, 0.3, 1)
    for value in (0, 1):
        assert (salted == value).mean() == pytest.approx(0.15, abs=0.015)
