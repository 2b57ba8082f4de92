import numpy as np
import pytest
from families import small_model

from keras_aae.data import Dataset, Images
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation import evaluate, prior
from keras_aae.losses.distances import mmd
from keras_aae.priors import Normal

DISTANCES = ["prior_mmd", "prior_sliced_wasserstein"]
ACCURACIES = ["discriminator_accuracy_codes", "discriminator_accuracy_prior"]


class Matched:
    """Codes are draws of N(shift, 1) in two dimensions, whatever the image."""

    matched_prior = Normal(2)

    def __init__(self, shift=0.0):
        self.shift = shift

    def sample_codes(self, x, seed=0):
        rng = np.random.default_rng([seed, 99])
        return self.shift + rng.standard_normal((len(x), 2), np.float32)

    def discriminate(self, z):
        """Codes beyond 1 on the first axis are taken for codes; half of 0 undecided."""
        return np.where(z[:, 0] > 1, 0.1, np.where(z[:, 0] < -1, 0.9, 0.5))


def dataset_of(n):
    images = Images(np.zeros((n, 2, 2), "uint8"))
    return Dataset("many", images, images)


def test_codes_like_the_prior_are_near_it_and_others_far():
    near = evaluate(Matched(), dataset_of(4000), names=DISTANCES)
    assert abs(near["prior_mmd"]) < 0.01
    assert near["prior_sliced_wasserstein"] < 0.06
    far = evaluate(Matched(3.0), dataset_of(4000), names=DISTANCES)
    assert far["prior_mmd"] > 0.5
    # The projection of the shift (3, 3) on a random direction, on average.
    expected = 3 * np.sqrt(2) * 2 / np.pi
    assert far["prior_sliced_wasserstein"] == pytest.approx(expected, rel=0.25)


def test_the_mmd_is_the_mean_over_blocks(monkeypatch):
    monkeypatch.setattr(prior, "CODES_AT_ONCE", 40)
    data, model = dataset_of(100), Matched(1.0)
    values = evaluate(model, data, seed=3, names=["prior_mmd"])
    codes, samples = prior._codes_and_samples(model, data, seed=3)
    cuts = [slice(0, 34), slice(34, 67), slice(67, 100)]
    blocks = [float(mmd(codes[part], samples[part])) for part in cuts]
    assert values["prior_mmd"] == pytest.approx(np.mean(blocks), rel=1e-5)


def test_no_more_codes_than_asked_for(monkeypatch):
    monkeypatch.setattr(prior, "CODES", 50)
    codes, samples = prior._codes_and_samples(Matched(), dataset_of(120), seed=0)
    assert codes.shape == samples.shape == (50, 2)


def test_how_often_the_discriminator_is_right():
    values = evaluate(Matched(), dataset_of(9000), names=ACCURACIES)
    # Beyond -1 and 1 lie equally many, and the rest count half.
    for name in ACCURACIES:
        assert values[name] == pytest.approx(0.5, abs=0.01)
    values = evaluate(Matched(4.0), dataset_of(9000), names=ACCURACIES)
    assert values[ACCURACIES[0]] > 0.99
    assert values[ACCURACIES[1]] == pytest.approx(0.5, abs=0.01)


def test_what_matches_no_prior_has_no_distance_from_it():
    data = dataset_of(4)
    for names in (DISTANCES, ACCURACIES):
        with pytest.raises(UnsupportedError, match="object"):
            evaluate(object(), data, names=names)
    with pytest.raises(UnsupportedError, match="at least 2 test images"):
        evaluate(Matched(), dataset_of(1), names=DISTANCES)


@pytest.mark.parametrize("family", ["vae", "conditional-vae"])
def test_a_vae_has_a_distance_and_none_of_the_games_numbers(family, toy_images):
    x, y = toy_images
    data = Dataset("toy", Images(x, y), Images(x, y), tuple("abcd"))
    model = small_model(family, latent_dim=2)
    assert evaluate(model, data, names=DISTANCES).keys() == set(DISTANCES)
    classes = ["component_accuracy", "component_purity", "test_error", "cluster_error"]
    for name in (*ACCURACIES, *classes):
        with pytest.raises(UnsupportedError, match="(VAE|Normal) lacks `"):
            evaluate(model, data, names=[name])


class Posterior:
    """q(z|x) = N(shift, exp(log_var)) in two dimensions, whatever the image."""

    prior = Normal(2)

    def __init__(self, shift, log_var):
        self.shift, self.log_var = shift, log_var

    def posterior(self, x):
        ones = np.ones((len(x), 2), np.float32)
        return self.shift * ones, self.log_var * ones


def test_the_codes_of_a_posterior_are_its_draws():
    codes, samples = prior._codes_and_samples(Posterior(1, -2), dataset_of(9000), 0)
    assert codes.shape == samples.shape == (9000, 2)
    np.testing.assert_allclose(codes.mean(axis=0), 1, atol=0.02)
    np.testing.assert_allclose(codes.std(axis=0), np.exp(-1), atol=0.01)
    near = evaluate(Posterior(0, 0), dataset_of(4000), names=DISTANCES)
    narrow = evaluate(Posterior(0, -10), dataset_of(4000), names=DISTANCES)
    assert abs(near["prior_mmd"]) < 0.01 < 0.1 < narrow["prior_mmd"]
