"""Distances between samples, and the losses of the adversarial game, against NumPy."""

import numpy as np
import pytest
import reference
from keras import ops
from scipy.optimize import linear_sum_assignment

from keras_aae.losses import adversarial as game
from keras_aae.losses.distances import KERNELS, mmd, sliced_wasserstein

KERNEL = pytest.mark.parametrize("kernel", KERNELS)
LOGITS = np.array([[-6.0], [-0.5], [0.0], [2.0], [9.0]], "float32")


def normals(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def number(function, *arrays, **options):
    tensors = (ops.convert_to_tensor(np.asarray(a, "float32")) for a in arrays)
    return float(ops.convert_to_numpy(function(*tensors, **options)))


def imq(d2, width):
    scales = (0.1, 0.2, 0.5, 1, 2, 5, 10)
    return sum(2 * width * s / (2 * width * s + d2) for s in scales)


def rbf(d2, width):
    return np.exp(-d2 / (2 * width))


REFERENCES = {"imq": imq, "rbf": rbf}


def pairs(a, b, kernel, skip=False):
    """The mean of the kernel over all pairs, or all pairs of different rows."""
    values = [
        REFERENCES[kernel](((x - y) ** 2).sum(), a.shape[1])
        for i, x in enumerate(a.astype(float))
        for j, y in enumerate(b.astype(float))
        if not (skip and i == j)
    ]
    return np.mean(values)


@KERNEL
def test_the_mmd_equals_its_definition(kernel):
    a, b = normals(12, 3), 0.5 + normals(9, 3, seed=1)
    expected = pairs(a, a, kernel, skip=True) + pairs(b, b, kernel, skip=True)
    expected -= 2 * pairs(a, b, kernel)
    assert number(mmd, a, b, kernel=kernel) == pytest.approx(expected, abs=1e-5)
    assert expected > 0.01


@KERNEL
def test_the_mmd_of_one_distribution_is_zero_on_average(kernel):
    draws = normals(100, 2, 8, 2)
    values = [number(mmd, a, b, kernel=kernel) for a, b in draws]
    error = np.std(values) / np.sqrt(len(values))
    assert abs(np.mean(values)) < 4 * error
    # With the pairs of a code and itself it would not be.
    bias = REFERENCES[kernel](0, 2) - pairs(draws[0, 0], draws[1, 0], kernel)
    assert 2 * bias / 8 > 10 * error


@KERNEL
def test_the_mmd_grows_with_the_distance(kernel):
    a, b = normals(60, 2), normals(60, 2, seed=1)
    values = [number(mmd, a, b + shift, kernel=kernel) for shift in (0, 0.5, 1, 2, 4)]
    assert (np.diff(values) > 0).all()
    assert number(mmd, b + 2, a, kernel=kernel) == pytest.approx(values[3], rel=1e-5)


@KERNEL
def test_a_code_or_copies_of_it_have_a_finite_mmd(kernel):
    assert np.isfinite(number(mmd, normals(1, 2), normals(1, 2, seed=1), kernel=kernel))
    # Rounding makes some of these squared distances negative.
    same = np.tile(100 * normals(1, 8), (20, 1))
    most = REFERENCES[kernel](0, 8)
    value = number(mmd, same, -same, kernel=kernel)
    assert value == pytest.approx(2 * most, rel=0.05)


def directions(dimensions, count):
    w = normals(dimensions, count, seed=2)
    return w / np.linalg.norm(w, axis=0)


def test_the_sliced_distance_is_the_cost_of_the_best_assignment():
    a, b, w = normals(25, 3), 2 * normals(25, 3, seed=1) + 1, directions(3, 4)
    distances = []
    for line in w.T.astype(float):
        cost = np.subtract.outer(a @ line, b @ line) ** 2
        distances.append(np.sqrt(cost[linear_sum_assignment(cost)].mean()))
    value = number(sliced_wasserstein, a, b, w)
    assert value == pytest.approx(np.mean(distances), rel=1e-5)


def test_the_sliced_distance_of_equal_and_of_shifted_sets():
    a, w = normals(40, 3), directions(3, 6)
    shuffled = a[np.random.default_rng(3).permutation(40)]
    assert number(sliced_wasserstein, a, shuffled, w) == pytest.approx(0, abs=1e-6)
    shift = np.array([1.0, -2.0, 0.5], "float32")
    expected = np.abs(shift @ w).mean()
    moved = number(sliced_wasserstein, a, shuffled + shift, w)
    assert moved == pytest.approx(expected, rel=1e-4)
    along = number(sliced_wasserstein, a[:, :1], shuffled[:, :1] - 3, np.ones((1, 1)))
    assert along == pytest.approx(3, rel=1e-5)


def test_the_losses_of_the_game_equal_their_definitions():
    p = reference.sigmoid(LOGITS)
    expected = {
        game.real_loss: -np.log(p).mean(),
        game.fake_loss: -np.log1p(-p).mean(),
        game.non_saturating: -np.log(p).mean(),
        game.minimax: np.log1p(-p).mean(),
        game.fraction_positive: 2.5 / 5,
    }
    for function, value in expected.items():
        assert number(function, LOGITS) == pytest.approx(value, rel=1e-5), function
    smooth = -(0.9 * np.log(p) + 0.1 * np.log1p(-p)).mean()
    value = number(game.real_loss, LOGITS, smoothing=0.1)
    assert value == pytest.approx(smooth, rel=1e-5)
    assert number(game.fraction_positive, LOGITS[3:]) == 1
    assert number(game.fraction_positive, LOGITS[:2]) == 0


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_at_chance_the_discriminator_loses_log_two_twice(smoothing):
    zero = np.zeros((4, 1))
    loss = number(game.real_loss, zero, smoothing=smoothing)
    loss += number(game.fake_loss, zero)
    assert loss == pytest.approx(2 * np.log(2), rel=1e-6)


def test_smoothing_has_its_optimum_where_the_prior_is_nearly_sure():
    best = np.log(0.9 / 0.1)
    at, below, above = (
        number(game.real_loss, [[logit]], smoothing=0.1)
        for logit in (best, best - 0.2, best + 0.2)
    )
    assert at < below and at < above


def test_losses_are_finite_where_the_discriminator_is_very_sure():
    for function in (game.real_loss, game.fake_loss, game.non_saturating):
        for logit in (-500, 500):
            assert np.isfinite(number(function, [[logit]]))


def test_the_non_saturating_loss_is_steep_where_minimax_is_flat():
    def slope(function, logit):
        low, high = (number(function, [[logit + d]]) for d in (-0.05, 0.05))
        return (high - low) / 0.1

    # d/dl -log D = -(1 - D), d/dl log(1 - D) = -D; the codes are found out, or not.
    for logit in (-5.0, 5.0):
        p = float(reference.sigmoid(logit))
        assert slope(game.non_saturating, logit) == pytest.approx(p - 1, abs=2e-3)
        assert slope(game.minimax, logit) == pytest.approx(-p, abs=2e-3)
