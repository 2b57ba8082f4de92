import numpy as np
import pytest
from families import small_model
from sklearn.mixture import GaussianMixture

from keras_aae import fit_density
from keras_aae.data import Dataset, Images
from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.evaluation.density import CodeDensity

MEANS = np.array([[-2.0, 0.0], [3.0, 1.0]])
COVARIANCES = np.array([[[1.0, 0.6], [0.6, 0.5]], [[0.2, 0.0], [0.0, 0.4]]])
DENSITY = CodeDensity(np.array([0.3, 0.7]), MEANS, COVARIANCES)


class Brightness:
    """A model whose codes are two pixels, scaled."""

    def __init__(self, scale=1.0):
        self.scale = scale

    def encode(self, x):
        return self.scale * x[:, 0, :2, 0].astype("float32")


def dataset_of(codes):
    """Images whose first two pixels are the codes."""
    x = np.zeros((len(codes), 2, 2, 1), "float32")
    x[:, 0, :, 0] = codes
    return Dataset("codes", Images(x), Images(x[:1]))


@pytest.fixture(scope="module")
def two_clouds():
    """3,000 codes in [0, 1], of two clouds of known shape."""
    return dataset_of(np.clip(DENSITY.sample(3000, seed=1) / 20 + 0.5, 0, 1))


def test_the_density_integrates_to_one():
    axis = np.linspace(-8, 8, 321)
    z = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(DENSITY.log_prob(z)).sum() * (axis[1] - axis[0]) ** 2
    assert mass == pytest.approx(1, abs=1e-6)


def test_samples_have_the_moments_of_the_density():
    z = DENSITY.sample(50_000, seed=0)
    assert z.shape == (50_000, 2) and z.dtype == np.float32
    mean = DENSITY.weights @ MEANS
    spread = MEANS - mean
    inner = np.einsum("k,kij->ij", DENSITY.weights, COVARIANCES)
    outer = np.einsum("k,ki,kj->ij", DENSITY.weights, spread, spread)
    np.testing.assert_allclose(z.mean(axis=0), mean, atol=0.05)
    np.testing.assert_allclose(np.cov(z.T), inner + outer, atol=0.1)


def test_samples_follow_the_seed():
    first, again, other = (DENSITY.sample(9, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_known_mixture_is_found(two_clouds):
    density = fit_density(Brightness(20), two_clouds, components=2)
    order = density.means[:, 0].argsort()
    np.testing.assert_allclose(density.weights[order], [0.3, 0.7], atol=0.03)
    np.testing.assert_allclose(density.means[order], MEANS + 10, atol=0.15)
    np.testing.assert_allclose(density.covariances[order], COVARIANCES, atol=0.15)


def test_densities_are_those_of_scikit_learn(two_clouds):
    density = fit_density(Brightness(), two_clouds, components=3)
    theirs = GaussianMixture(3)
    theirs.weights_, theirs.means_ = density.weights, density.means
    theirs.covariances_ = density.covariances
    theirs.precisions_cholesky_ = np.linalg.cholesky(np.linalg.inv(density.covariances))
    z = density.sample(50).astype(float)
    np.testing.assert_allclose(density.log_prob(z), theirs.score_samples(z), rtol=1e-6)


def test_the_same_seed_gives_the_same_density(two_clouds):
    first, again = (fit_density(Brightness(), two_clouds, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.means, again.means)


def test_the_scale_of_the_codes_does_not_matter(two_clouds):
    small, large = (
        fit_density(Brightness(scale), two_clouds, components=2)
        for scale in (1e-3, 1e3)
    )
    np.testing.assert_allclose(small.means * 1e6, large.means, rtol=1e-3)


def test_codes_that_are_all_the_same_have_a_density():
    density = fit_density(Brightness(), dataset_of(np.full((20, 2), 0.5)), components=2)
    np.testing.assert_allclose(density.sample(5), 0.5, atol=1e-3)
    assert np.isfinite(density.log_prob([[0.5, 0.5]])).all()


def test_an_autoencoder_has_samples(toy_images):
    x, _ = toy_images
    model = small_model("autoencoder")
    density = fit_density(model, Dataset("toy", Images(x), Images(x)), components=2)
    assert model.decode(density.sample(5, seed=0)).shape == (5, 8, 8, 1)


def test_what_has_no_density_is_refused(two_clouds):
    with pytest.raises(UnsupportedError, match="object lacks `encode`"):
        fit_density(object(), two_clouds)
    with pytest.raises(KerasAAEError, match="Cannot fit 10 Gaussians.*of 3 images"):
        fit_density(Brightness(), dataset_of(np.eye(3, 2)))
    with pytest.raises(KerasAAEError, match="not finite numbers.*diverged"):
        fit_density(Brightness(np.nan), two_clouds)
