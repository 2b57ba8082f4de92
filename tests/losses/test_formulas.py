import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keras_aae.engine.backend import engine
from keras_aae.losses import divergences, reconstruction
from keras_aae.priors import MixtureOfNormals, Normal

rng = np.random.default_rng(0)
X = rng.random((5, 4, 3, 2)).astype("float32")
LOGITS = (4 * rng.standard_normal((5, 4, 3, 2))).astype("float32")


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


@pytest.mark.parametrize(
    "name", ["bernoulli_nll", "gaussian_nll", "poisson_nll", "squared_error"]
)
def test_losses_equal_their_definition(name):
    ours = numpy(getattr(reconstruction, name)(X, LOGITS))
    assert ours.shape == (5,)
    np.testing.assert_allclose(ours, getattr(reference, name)(X, LOGITS), rtol=1e-5)


@pytest.mark.parametrize("loss", reconstruction.RECONSTRUCTION_LOSSES.values())
@pytest.mark.parametrize("logit", [-50.0, 0.0, 50.0, 500.0])
@pytest.mark.parametrize("pixel", [0.0, 0.5, 1.0])
def test_losses_and_gradients_are_finite_at_the_edges(loss, logit, pixel):
    x = np.full((1, 2, 2, 1), pixel, "float32")
    value, slope = gradient(lambda v: ops.sum(loss(x, v)), np.full_like(x, logit))
    assert np.isfinite(value) and np.isfinite(slope).all()


@pytest.mark.parametrize("logit", [-3.0, 0.0, 3.0])
def test_the_gradient_of_the_bernoulli_nll_is_p_minus_x_at_zero_too(logit):
    x = np.full((1, 2, 2, 1), 0.3, "float32")
    at = np.full_like(x, logit)
    _, slope = gradient(lambda v: ops.sum(reconstruction.bernoulli_nll(x, v)), at)
    np.testing.assert_allclose(slope, reference.sigmoid(at) - x, rtol=1e-5)


def gradient(function, at):
    """The value and gradient of a function, through the engine itself."""
    import keras

    variable = keras.Variable(at)

    class Owner:
        variables, metrics_variables, optimizer = [variable], [], None

    value, _, (slope,) = engine.gradients(
        Owner, lambda: (function(variable * 1.0), {}), [variable]
    )
    return float(numpy(value)), numpy(slope)


def test_bernoulli_nll_of_the_image_itself_is_its_entropy():
    entropy = -(X * np.log(X) + (1 - X) * np.log1p(-X)).reshape(5, -1).sum(1)
    logits = np.log(X) - np.log1p(-X)
    np.testing.assert_allclose(
        numpy(reconstruction.bernoulli_nll(X, logits)), entropy, rtol=1e-4
    )


numbers = st.floats(-20, 20, width=32)


@given(numbers, numbers)
@settings(max_examples=200, deadline=None)
def test_normal_kl_is_never_negative(mean, log_var):
    kl = numpy(divergences.normal_kl(np.array([[mean]]), np.array([[log_var]])))
    assert kl.shape == (1, 1) and kl[0, 0] >= 0


@given(st.floats(-(2**-10), 2**-10, width=32))
@settings(max_examples=100, deadline=None)
def test_normal_kl_is_never_negative_where_it_cancels(log_var):
    kl = divergences.normal_kl(np.zeros((1, 1), "f4"), np.array([[log_var]], "f4"))
    assert float(numpy(kl)[0, 0]) >= 0


def test_normal_kl_equals_its_definition_and_monte_carlo():
    mean = rng.standard_normal((3, 2)).astype("float32")
    log_var = rng.standard_normal((3, 2)).astype("float32")
    kl = numpy(divergences.normal_kl(mean, log_var))
    np.testing.assert_allclose(kl, reference.normal_kl(mean, log_var), rtol=1e-4)
    noise = rng.standard_normal((200_000, 3, 2))
    z = mean + np.exp(log_var / 2) * noise
    log_ratio = -0.5 * (noise**2 + log_var) + 0.5 * z**2
    np.testing.assert_allclose(kl, log_ratio.mean(axis=0), atol=0.03)
    assert numpy(divergences.normal_kl(np.zeros((1, 2)), np.zeros((1, 2)))).sum() == 0


@pytest.mark.parametrize("log_var", [-20.0, 0.0, 20.0])
def test_normal_kl_has_a_finite_gradient(log_var):
    value, slope = gradient(
        lambda v: ops.sum(divergences.normal_kl(ops.zeros_like(v), v)),
        np.full((1, 1), log_var, "float32"),
    )
    assert np.isfinite(value) and np.isfinite(slope).all()
    np.testing.assert_allclose(slope, 0.5 * np.expm1(log_var), rtol=1e-4)


def test_the_normal_prior_has_its_moments_and_its_density():
    prior = Normal(2)
    z = numpy(prior.sample(50_000, seed=1))
    assert z.shape == (50_000, 2)
    np.testing.assert_allclose(z.mean(0), 0, atol=0.02)
    np.testing.assert_allclose(np.cov(z.T), np.eye(2), atol=0.03)
    np.testing.assert_array_equal(z, numpy(prior.sample(50_000, seed=1)))
    assert not np.array_equal(z, numpy(prior.sample(50_000, seed=2)))
    axis = np.linspace(-6, 6, 121, dtype="float32")
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    mass = np.exp(numpy(prior.log_prob(grid))).sum() * 0.1**2
    assert mass == pytest.approx(1, abs=1e-4)


def test_the_normal_prior_knows_its_quantiles_and_outlines():
    prior = Normal(2)
    np.testing.assert_allclose(
        prior.quantiles([0.02275, 0.5, 0.97725]), [-2, 0, 2], atol=1e-3
    )
    radii = [np.linalg.norm(curve, axis=1) for curve in prior.outlines()]
    np.testing.assert_allclose(radii, np.array([[1.0], [2.0]]) * np.ones(181))
    assert Normal.from_config(prior.get_config()) == prior


def test_the_normal_density_equals_its_definition():
    z, mean, log_var = rng.standard_normal((3, 5, 2)).astype("float32")
    np.testing.assert_allclose(
        numpy(divergences.normal_log_prob(z, mean, log_var)),
        reference.normal_log_prob(z, mean, log_var),
        rtol=1e-5,
    )


@pytest.mark.parametrize("p", [0.01, 0.05, 0.5])
def test_bernoulli_kl_equals_its_definition_and_is_zero_at_the_target(p):
    r = np.array([1e-4, 0.01, 0.05, 0.3, 0.9], "float32")
    kl = numpy(divergences.bernoulli_kl(p, ops.convert_to_tensor(r)))
    np.testing.assert_allclose(kl, reference.bernoulli_kl(p, r), rtol=1e-3, atol=1e-6)
    assert (kl >= -1e-7).all()
    at_target = divergences.bernoulli_kl(p, ops.convert_to_tensor(np.float32(p)))
    assert float(numpy(at_target)) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize(("r", "sign"), [(-2.0, -1), (0.0, -1), (1.0, 1), (7.0, 1)])
def test_bernoulli_kl_of_an_impossible_mean_is_finite_and_leads_back(r, sign):
    value, slope = gradient(
        lambda v: ops.sum(divergences.bernoulli_kl(0.05, v)), np.full((1,), r, "f4")
    )
    assert np.isfinite(value) and value > 0
    assert np.isfinite(slope).all() and np.sign(slope[0]) == sign


def mixture():
    prior = MixtureOfNormals(2, components=3, seed=1)
    prior.means.assign([[-2.0, 0.0], [1.0, 1.0], [0.0, -1.5]])
    prior.log_vars.assign(np.log([[0.25, 1.0], [0.5, 0.5], [1.0, 0.1]]))
    prior.logits.assign(np.log([0.5, 0.3, 0.2]))
    return prior


def test_a_mixture_has_its_density_and_its_samples():
    prior = mixture()
    axis = np.linspace(-7, 7, 281, dtype="float32")
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    mass = np.exp(numpy(prior.log_prob(grid)).astype(float)) * (axis[1] - axis[0]) ** 2
    assert mass.sum() == pytest.approx(1, abs=1e-4)
    z = numpy(prior.sample(50_000, seed=3))
    np.testing.assert_allclose(z.mean(0), mass @ grid, atol=0.03)
    np.testing.assert_allclose(np.cov(z.T), np.cov(grid.T, aweights=mass), atol=0.04)
    np.testing.assert_array_equal(z, numpy(prior.sample(50_000, seed=3)))


def test_a_mixture_knows_its_quantiles_and_its_kl():
    prior = mixture()
    z = numpy(prior.sample(50_000, seed=4))
    shares = [0.1, 0.5, 0.9]
    np.testing.assert_allclose(
        prior.quantiles(np.array(shares)), np.quantile(z, shares), atol=0.03
    )
    assert [curve.shape for curve in prior.outlines()] == 3 * [(181, 2)]
    # One component at N(0, I) is the normal prior.
    alone = MixtureOfNormals(2, components=1)
    alone.means.assign(np.zeros((1, 2)))
    mean, log_var = rng.standard_normal((2, 4, 2)).astype("float32")
    noise = rng.standard_normal((20_000, 4, 2)).astype("float32")
    estimates = numpy(alone.kl(mean + np.exp(log_var / 2) * noise, mean, log_var))
    exact = numpy(Normal(2).kl(None, mean, log_var))
    error = estimates.std(axis=0) / np.sqrt(len(noise))
    assert (np.abs(estimates.mean(axis=0) - exact) < 4 * error).all()
