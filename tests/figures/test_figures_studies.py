import numpy as np
import pytest

from keras_aae.figures import draw
from keras_aae.figures.studies import (
    FUNCTIONS,
    class_frequencies,
    estimate_variances,
)


def test_the_pathwise_gradient_of_a_square_has_the_variance_of_theory():
    # Var f(x) e = E (2 + e)^4 e^2 - 4^2 = 87 for one sample, Var 2 x = 4.
    rng = np.random.default_rng(0)
    score, pathwise = estimate_variances(*FUNCTIONS["$x^2$"], 100, 4000, rng)
    assert score == pytest.approx(0.87, rel=0.1)
    assert pathwise == pytest.approx(0.04, rel=0.1)


def test_the_slopes_are_those_of_their_functions():
    x = np.array([-3.0, -0.5, 0.7, 2.0])
    for f, slope in FUNCTIONS.values():
        numeric = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
        np.testing.assert_allclose(slope(x), numeric, rtol=1e-5)


def test_gumbel_noise_chooses_by_probability_and_uniform_noise_does_not():
    p = np.array([0.1, 0.3, 0.6])
    found = class_frequencies(p, 100_000, np.random.default_rng(0))
    np.testing.assert_allclose(found["log p + Gumbel"], p, atol=0.005)
    assert np.abs(found["p + uniform"] - p).max() > 0.03


def test_the_studies_show_what_was_drawn():
    left, right = draw("gumbel", months=3000, draws=2000, seed=1).axes
    heights = [patch.get_height() for patch in left.patches]
    assert np.sum(heights) * 0.1 == pytest.approx(1, abs=0.01)
    assert [t.get_text() for t in right.get_legend().get_texts()] == [
        "probability p", "log p + Gumbel", "p + uniform",
    ]  # fmt: skip
    panels = draw("gradient-variance", repeats=2, seed=1).axes
    assert len(panels) == 2 and all(len(axes.lines) == 2 for axes in panels)
