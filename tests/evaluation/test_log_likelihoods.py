"""Estimates of log p(x) of images, against what can be computed exactly."""

import numpy as np
import pytest
from families import small_model
from scipy.stats import multivariate_normal

from keras_aae.data import Dataset, Images
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation import evaluate, gaussian_likelihood, parzen
from keras_aae.priors import Categorical, Normal, Uniform

DEVIATION = 0.05
WEIGHTS = np.random.default_rng(7).normal(size=(3, 16)) * 0.06
MARGINAL = multivariate_normal(
    np.full(16, 0.5), WEIGHTS.T @ WEIGHTS + DEVIATION**2 * np.eye(16)
)


class Linear:
    """g(z) = 1/2 + W z: its images are normal, x ~ N(1/2, W W^T + s^2 I)."""

    prior = Normal(3)

    def encode(self, x):
        """Off the mode, as encoders are."""
        z = (x.reshape(len(x), -1) - 0.5) @ np.linalg.pinv(WEIGHTS)
        return (0.8 * z + 0.1).astype("float32")

    def decode(self, z):
        return (0.5 + z @ WEIGHTS).reshape(-1, 4, 4, 1).astype("float32")

    def generate(self, n, seed=0):
        return self.decode(np.random.default_rng(seed).standard_normal((n, 3)))


@pytest.fixture(scope="module")
def dataset():
    """Draws of the model's own images."""
    x = MARGINAL.rvs(1300, random_state=0).clip(0, 1).reshape(-1, 4, 4)
    return Dataset("linear", Images(x[:1000]), Images(x[1000:]))


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(parzen, "SAMPLES", 1000)
    monkeypatch.setattr(gaussian_likelihood, "IMAGES", 60)
    monkeypatch.setattr(gaussian_likelihood, "TUNING_IMAGES", 200)
    monkeypatch.setattr(gaussian_likelihood, "PRIOR_SAMPLES", 1000)
    monkeypatch.setattr(gaussian_likelihood, "SAMPLES", 200)


def gaussian(model, dataset, seed=0):
    return evaluate(model, dataset, seed=seed, names=["gaussian_log_likelihood"])


def exact(dataset, n):
    return MARGINAL.logpdf(dataset.test.array()[:n].reshape(n, 16))


def test_parzen_windows_are_the_sum_written_out():
    rng = np.random.default_rng(0)
    x, centers = rng.random((7, 5)), rng.random((11, 5))
    expected = [
        [np.log(np.mean([multivariate_normal.pdf(row, c, h**2) for c in centers]))
         for row in x]
        for h in (0.1, 0.7)
    ]  # fmt: skip
    found = parzen.log_densities(x, centers, [0.1, 0.7])
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_parzen_windows_in_parts_are_the_whole(monkeypatch):
    rng = np.random.default_rng(0)
    x, centers = rng.random((23, 5)), rng.random((11, 5))
    whole = parzen.log_densities(x, centers, [0.2])
    monkeypatch.setattr(parzen, "IMAGES_AT_ONCE", 4)
    np.testing.assert_allclose(parzen.log_densities(x, centers, [0.2]), whole)


def test_far_windows_do_not_underflow():
    found = parzen.log_densities(np.ones((1, 784)), np.zeros((2, 784)), [0.03])
    exponent = -784 / (2 * 0.03**2)
    assert found[0, 0] == pytest.approx(
        exponent - 392 * np.log(2 * np.pi * 0.03**2), rel=1e-9
    )


def test_parzen_windows_of_a_model(dataset, quick):
    values = evaluate(Linear(), dataset, names=["parzen_log_likelihood"])
    samples = Linear().generate(1000, 0).reshape(-1, 16)
    bandwidth = values["parzen_log_likelihood_bandwidth"]
    train = dataset.train.array().reshape(-1, 16)
    (best, low, high) = parzen.log_densities(
        train, samples, [bandwidth, bandwidth / 1.13, bandwidth * 1.13]
    ).mean(axis=1)
    assert best > max(low, high)
    (each,) = parzen.log_densities(
        dataset.test.array().reshape(-1, 16), samples, [bandwidth]
    )
    assert values["parzen_log_likelihood"] == pytest.approx(each.mean())
    assert values["parzen_log_likelihood_stderr"] == pytest.approx(
        each.std() / np.sqrt(300)
    )


def test_a_linear_model_has_its_exact_likelihood(dataset, quick, monkeypatch):
    monkeypatch.setattr(
        gaussian_likelihood, "most_likely_deviation", lambda *_: DEVIATION
    )
    values = gaussian(Linear(), dataset)
    expected = exact(dataset, 60)
    assert values["gaussian_log_likelihood"] == pytest.approx(expected.mean(), abs=0.02)
    assert values["gaussian_log_likelihood_stderr"] == pytest.approx(
        expected.std() / np.sqrt(60), rel=0.02
    )
    # Of 198 samples around the modes a normal 1.3 times as wide keeps about half.
    assert values["gaussian_log_likelihood_ess"] > 60


def test_the_most_likely_deviation_is_found(dataset, quick):
    values = gaussian(Linear(), dataset)
    assert values["gaussian_log_likelihood_deviation"] == pytest.approx(
        DEVIATION, rel=0.03
    )


def test_each_image_is_estimated_and_never_far_above(dataset, quick):
    estimator = gaussian_likelihood.Estimator.of(Linear(), seed=1)
    x = dataset.test.array()[:50]
    each = estimator.estimate(x, DEVIATION, 200)
    np.testing.assert_allclose(each.log_prob, exact(dataset, 50), atol=0.3)
    # ||x - g(z)||^2 over p(z|x), in closed form.
    precision = WEIGHTS @ WEIGHTS.T / DEVIATION**2 + np.eye(3)
    rows = x.reshape(-1, 16) - 0.5
    mean = np.linalg.solve(precision, WEIGHTS @ rows.T / DEVIATION**2).T
    spread = np.trace(WEIGHTS.T @ np.linalg.inv(precision) @ WEIGHTS)
    reconstruction_error = np.sum((rows - mean @ WEIGHTS) ** 2, axis=1) + spread
    np.testing.assert_allclose(
        each.reconstruction_error, reconstruction_error, rtol=0.1
    )


def test_samples_lie_around_the_posterior(dataset, quick):
    estimator = gaussian_likelihood.Estimator.of(Linear(), seed=0)
    rows = dataset.test.array()[:5].reshape(5, 16)
    precision = WEIGHTS @ WEIGHTS.T / DEVIATION**2 + np.eye(3)
    mean = np.linalg.solve(precision, WEIGHTS @ (rows - 0.5).T / DEVIATION**2).T
    starts = np.zeros((2, 5, 3), "float32")
    proposal = estimator.propose(rows, starts, DEVIATION)
    np.testing.assert_allclose(proposal.means, np.stack([mean] * 2), atol=0.02)
    z = proposal.sample(20_000, np.random.default_rng(0))
    wide = gaussian_likelihood.INFLATION**2 * np.linalg.inv(precision)
    np.testing.assert_allclose(np.cov(z[0].T), wide, atol=0.1 * wide.max())
    assert proposal.log_prob(z[:, :4])[0] == pytest.approx(
        multivariate_normal.logpdf(z[0, :4], mean[0], wide), abs=0.05
    )


def test_an_encoder_that_says_nothing_costs_little(dataset, quick, monkeypatch):
    monkeypatch.setattr(
        gaussian_likelihood, "most_likely_deviation", lambda *_: DEVIATION
    )
    model = Linear()
    model.encode = lambda x: np.zeros((len(x), 3), "float32")
    value = gaussian(model, dataset)["gaussian_log_likelihood"]
    assert value == pytest.approx(exact(dataset, 60).mean(), abs=0.02)


def test_a_prior_with_edges(dataset, quick):
    """p(x) of the uniform prior, by a fine grid over its square."""
    model = Linear()
    model.prior = Uniform(2)
    model.decode = lambda z: Linear.decode(model, np.pad(z, ((0, 0), (0, 1))))
    model.encode = lambda x: Linear.encode(model, x)[:, :2]
    estimator = gaussian_likelihood.Estimator.of(model, seed=0)
    x = dataset.test.array()[:40]
    found = estimator.estimate(x, DEVIATION, 2000).log_prob
    axis = (np.arange(200) + 0.5) / 100 - 1
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    centers = model.decode(grid).reshape(-1, 16)
    (expected,) = parzen.log_densities(x.reshape(-1, 16), centers, [DEVIATION])
    # Next to an edge hardly a sample around the mode, which lies beyond, counts.
    assert np.median(np.abs(found - expected)) < 0.05
    assert found.mean() == pytest.approx(expected.mean(), abs=0.1)


def test_it_is_above_parzen_windows_of_as_many_samples(dataset, quick):
    names = ["parzen_log_likelihood", "gaussian_log_likelihood"]
    values = evaluate(Linear(), dataset, names=names)
    assert values[names[1]] > values[names[0]]


def test_a_trained_family_follows_the_seed(toy_images, quick):
    x, _ = toy_images
    data = Dataset("toy", Images(x[:20]), Images(x[20:40]))
    model = small_model("vae", latent_dim=2)
    first, again, other = (gaussian(model, data, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert np.isfinite(list(first.values())).all()


def test_what_has_no_likelihood_is_refused(dataset):
    model = Linear()
    model.prior = Categorical(3)
    with pytest.raises(UnsupportedError, match="continuous prior"):
        gaussian(model, dataset)
    with pytest.raises(UnsupportedError, match="object lacks `encode`"):
        gaussian(object(), dataset)
    model = Linear()
    model.decodes_classes = True
    with pytest.raises(UnsupportedError, match="has `decodes_classes` True"):
        gaussian(model, dataset)
    with pytest.raises(UnsupportedError, match="object lacks `generate`"):
        evaluate(object(), dataset, names=["parzen_log_likelihood"])
