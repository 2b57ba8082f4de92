"""Priors: densities, samples and classes against closed forms, and the menu's contract."""

import keras
import numpy as np
import pytest
import reference
from families import small_model
from keras import ops

from keras_aae.errors import RecipeError, UnsupportedError
from keras_aae.lookup import load_entry
from keras_aae.priors import Categorical, Normal, SwissRoll, Umbrella, Uniform
from keras_aae.registry import PRIORS

UMBRELLA, ROLL = Umbrella(), SwissRoll()
PLANAR = pytest.mark.parametrize("prior", [UMBRELLA, ROLL], ids=["umbrella", "roll"])
MENU = pytest.mark.parametrize("name", PRIORS)
N = 20_000


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def of_menu(name, latent_dim=2, components=3):
    return load_entry(name, PRIORS, "prior").build_for(latent_dim, components, seed=1)


def log_prob(prior, z):
    return numpy(prior.log_prob(ops.convert_to_tensor(np.asarray(z, "float32"))))


def samples_of(prior, labels, seed=0):
    return numpy(prior.sample_components(ops.convert_to_tensor(labels), seed))


def classes(prior, n=N):
    return np.arange(n, dtype="int32") % prior.num_classes


def assert_mean(values, expected):
    """The mean over the first axis is the expected one, within its standard errors."""
    error = np.std(values, axis=0) / np.sqrt(len(values))
    assert (np.abs(np.mean(values, axis=0) - expected) < 4.5 * error + 1e-5).all()


def grid(reach, step):
    """Points of the plane, (n, 2)."""
    axis = np.arange(-reach, reach + step, step)
    return np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)


def densities_by_petal(z, k=10, radius=2.0, radial=0.75, tangential=0.25):
    """p(z|k) of the umbrella, from rotated covariance matrices, (n, k)."""
    columns = []
    for angle in 2 * np.pi * np.arange(k) / k:
        turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        turn = np.array(turn)
        covariance = turn @ np.diag([radial**2, tangential**2]) @ turn.T
        away = z - turn @ [radius, 0]
        exponent = np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away)
        scale = 2 * np.pi * np.sqrt(np.linalg.det(covariance))
        columns.append(np.exp(-exponent / 2) / scale)
    return np.stack(columns, axis=1)


def densities_by_part(z, k=10, turns=2.0, spread=0.1, points=100):
    """p(z|k) of the swiss roll, each part summed finer than there, (n, k)."""
    root = np.sqrt((np.arange(k * points) + 0.5) / (k * points))
    angle = 2 * np.pi * turns * root
    line = 3 * root[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    squares = (z**2).sum(1)[:, None] - 2 * z @ line.T + (line**2).sum(1)
    each = np.exp(-squares / (2 * spread**2)) / (2 * np.pi * spread**2)
    return each.reshape(len(z), k, points).mean(axis=2)


REFERENCES = {UMBRELLA: densities_by_petal, ROLL: densities_by_part}


@pytest.mark.parametrize(
    ("prior", "reach"), [(UMBRELLA, 7), (ROLL, 4), (Normal(2), 6), (Umbrella(3), 7)]
)
def test_the_density_integrates_to_one(prior, reach):
    mass = np.exp(log_prob(prior, grid(reach, 0.1)).astype(float)).sum() * 0.1**2
    assert mass == pytest.approx(1, abs=1e-4)


@PLANAR
def test_the_density_equals_its_definition(prior):
    z = numpy(prior.sample(500, seed=3)).astype(float)
    expected = REFERENCES[prior](z)
    each = numpy(prior.component_log_prob(ops.convert_to_tensor(z.astype("float32"))))
    assert each.shape == (500, 10)
    # In the middle of the roll its points are as far apart as its spread.
    np.testing.assert_allclose(np.exp(each), expected, atol=0.05)
    total = np.log(expected.mean(axis=1))
    np.testing.assert_allclose(log_prob(prior, z), total, atol=0.1)


def test_normal_uniform_and_one_hot_densities_equal_their_definitions():
    z = numpy(Normal(3).sample(5, seed=0))
    np.testing.assert_allclose(
        log_prob(Normal(3), z), reference.normal_log_prob(z, 0.0, 0.0), rtol=1e-5
    )
    z = [[0.0, 0.9, -0.9], [1.0, -1.0, 1.0], [0.0, 0.0, 1.1], [-1.1, 0.0, 0.0]]
    expected = [-3 * np.log(2)] * 2 + [-np.inf] * 2
    np.testing.assert_allclose(log_prob(Uniform(3), z), expected, rtol=1e-6)
    z = [[0, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 0], [0.5, 0.5, 0], [2, -1, 0]]
    expected = [-np.log(3)] * 2 + [-np.inf] * 4
    np.testing.assert_allclose(log_prob(Categorical(3), z), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("prior", "variance"),
    [
        (UMBRELLA, (2**2 + 0.75**2 + 0.25**2) / 2),
        (Normal(2), 1.0),
        (Uniform(2), 1 / 3),
    ],
    ids=["umbrella", "normal", "uniform"],
)
def test_samples_have_the_moments_of_their_prior(prior, variance):
    z = numpy(prior.sample(N, seed=4)).astype(float)
    assert z.shape == (N, 2)
    assert_mean(z, 0)
    assert_mean(z**2, variance)
    assert_mean(z[:, 0] * z[:, 1], 0)


def test_samples_of_a_petal_are_its_normal():
    labels = classes(UMBRELLA)
    z = samples_of(UMBRELLA, labels).astype(float)
    for k in (0, 1, 7):
        angle = 2 * np.pi * k / 10
        back = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        local = z[labels == k] @ np.array(back)
        assert_mean(local, [2, 0])
        assert_mean((local - [2, 0]) ** 2, [0.75**2, 0.25**2])
        assert_mean((local[:, 0] - 2) * local[:, 1], 0)


def test_samples_of_a_part_of_the_roll_lie_along_it_from_the_middle_outwards():
    labels = classes(ROLL)
    z = samples_of(ROLL, labels).astype(float)
    for k in range(10):
        # E||z||^2 = 9 E u + 2 s^2, and u is uniform in the part.
        squares = (z[labels == k] ** 2).sum(axis=1)
        assert_mean(squares, 9 * (k + 0.5) / 10 + 2 * 0.1**2)
    alone = SwissRoll(turns=1.5, spread=1e-4)
    z = samples_of(alone, labels[:500])
    radius = np.hypot(*z.T)
    turned = np.angle(np.exp(1j * (np.arctan2(z[:, 1], z[:, 0]) - np.pi * radius)))
    np.testing.assert_allclose(turned, 0, atol=0.02)


@pytest.mark.parametrize("prior", [UMBRELLA, Categorical(7)], ids=["umbrella", "one"])
def test_all_classes_are_equally_likely(prior):
    found = prior.classify(prior.sample(N, seed=5))
    # By symmetry, a share of 1 / K of an umbrella lies nearest to each petal too.
    assert_mean(np.eye(prior.num_classes)[found], 1 / prior.num_classes)


@PLANAR
def test_codes_of_a_class_are_given_back_as_often_as_can_be(prior):
    labels = classes(prior)
    right = prior.classify(samples_of(prior, labels, seed=6)) == labels
    # The best that any rule can do: the integral of max_k p(z|k) / K.
    best = REFERENCES[prior](grid(3.6 if prior is ROLL else 7, 0.1)).max(axis=1)
    assert_mean(right, best.sum() * 0.1**2 / 10)
    assert right.mean() > 0.8


def test_one_hot_codes_are_given_back_exactly():
    labels = classes(Categorical(7), 70)
    z = samples_of(Categorical(7), labels)
    np.testing.assert_array_equal(z, np.eye(7)[labels])
    np.testing.assert_array_equal(Categorical(7).classify(z), labels)


def test_the_axis_and_the_distance_of_a_petal():
    radii = [-1.0, 2.0, 2.75]
    for k in (0, 3):
        direction = np.exp(2j * np.pi * k / 10)
        z = UMBRELLA.along(k, radii)
        expected = np.outer(radii, [direction.real, direction.imag])
        np.testing.assert_allclose(z, expected, atol=1e-6)
        far = UMBRELLA.distance(z, np.full(3, k))
        np.testing.assert_allclose(far, [4, 0, 1], atol=1e-5)
    labels = classes(UMBRELLA)
    far = UMBRELLA.distance(samples_of(UMBRELLA, labels, seed=7), labels)
    assert_mean(far**2, 2)  # chi-squared of two degrees of freedom
    assert_mean(far < 2, 1 - np.exp(-2))


@MENU
def test_every_prior_has_the_interface_of_the_package(name):
    prior = of_menu(name)
    assert prior.latent_dim == 2
    z = numpy(prior.sample(500, seed=1))
    assert z.shape == (500, 2) and z.dtype == np.float32
    np.testing.assert_array_equal(z, numpy(prior.sample(500, seed=1)))
    assert not np.array_equal(z, numpy(prior.sample(500, seed=2)))
    generator = keras.random.SeedGenerator(1)
    first, second = (numpy(prior.sample(500, generator)) for _ in range(2))
    assert not np.array_equal(first, second)
    values = log_prob(prior, z)
    assert values.shape == (500,) and np.isfinite(values).all()
    assert prior.extent > 0 and (np.abs(z) <= 1.1 * prior.extent).mean() > 0.9
    for curve in prior.outlines():
        assert curve.ndim == 2 and curve.shape[1] == 2 and np.isfinite(curve).all()
    again = type(prior).from_config(prior.get_config())
    np.testing.assert_array_equal(numpy(again.sample(500, seed=1)), z)


@MENU
def test_priors_with_classes_draw_and_find_them(name):
    prior = of_menu(name)
    if not hasattr(prior, "num_classes"):
        assert not hasattr(prior, "sample_components") and not hasattr(
            prior, "classify"
        )
        return
    labels = classes(prior, 300)
    z = samples_of(prior, labels, seed=2)
    assert z.shape == (300, prior.latent_dim)
    np.testing.assert_array_equal(z, samples_of(prior, labels, seed=2))
    found = prior.classify(z)
    assert isinstance(found, np.ndarray) and found.dtype.kind == "i"
    assert (found == labels).mean() > 0.9


@MENU
def test_quantiles_rise_and_agree_with_samples(name):
    prior, shares = of_menu(name), np.array([0.05, 0.25, 0.45, 0.55, 0.75, 0.95])
    values = prior.quantiles(shares)
    assert values.shape == shares.shape and (np.diff(values) >= 0).all()
    z = numpy(prior.sample(N, seed=8))
    below, reached = ((z[..., None] < v).mean((0, 1)) for v in (values, values + 1e-3))
    # Between them lies the share where the prior has an atom, as one-hot codes do.
    assert (below < shares + 0.015).all() and (reached > shares - 0.015).all()


@MENU
def test_the_kl_is_one_or_is_refused(name):
    prior = of_menu(name)
    mean, log_var = np.array([[0.5, -1.0]], "f4"), np.array([[-2.0, -3.0]], "f4")
    noise = np.random.default_rng(0).standard_normal((5000, 2)).astype("float32")
    z, mean, log_var = (
        ops.convert_to_tensor(a)
        for a in (mean + np.exp(log_var / 2) * noise, mean, log_var)
    )
    if name in ("uniform", "categorical"):
        with pytest.raises(UnsupportedError, match="infinite"):
            prior.kl(z, mean, log_var)
        return
    deviation = np.exp(numpy(log_var) / 2)
    points = (numpy(mean) + grid(6, 0.1) * deviation).astype("float32")
    log_q = reference.normal_log_prob(points, numpy(mean), numpy(log_var))
    rates = np.exp(log_q) * (log_q - log_prob(prior, points))
    exact = rates.sum() * 0.1**2 * deviation.prod()
    # One number where it is known in closed form, else one for each code.
    values = np.broadcast_to(numpy(prior.kl(z, mean, log_var)), (5000,))
    assert_mean(values.astype(float), exact)


@PLANAR
def test_priors_of_the_plane_want_codes_of_two_dimensions(prior):
    assert type(prior).build_for(2, 4, seed=0).num_classes == 4
    with pytest.raises(RecipeError, match="Invalid latent_dim 3.*Expected 2"):
        type(prior).build_for(3, 10, seed=0)


def test_a_vae_can_have_the_umbrella_for_a_prior(toy_images):
    model = small_model("vae", prior="umbrella", latent_dim=2, components=4)
    assert model.prior == Umbrella(4)
    history = model.fit(toy_images[0], batch_size=35, epochs=2, verbose=0).history
    assert np.isfinite(list(history.values())).all()
    noise = np.zeros((70, 2), "float32")
    assert np.isfinite(model.bound(toy_images[0], noise)).all()
