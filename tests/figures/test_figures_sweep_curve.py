import numpy as np

from keras_aae.figures.sweep_curve import sweep_curve


def test_the_curve_is_of_means_and_the_band_of_deviations():
    numbers = {50: [40.0, 44.0], 500: [15.0, 13.0], 5000: [6.0, 7.0]}
    axes = sweep_curve(numbers, "labels", "test_error", {50: 39.0, 500: 14.5}).axes[0]
    published, ours = (line.get_xydata() for line in axes.lines)
    np.testing.assert_allclose(ours, [[50, 42], [500, 14], [5000, 6.5]])
    np.testing.assert_allclose(published, [[50, 39], [500, 14.5]])
    edges = axes.collections[0].get_paths()[0].vertices
    at_50 = edges[edges[:, 0] == 50][:, 1]
    np.testing.assert_allclose([at_50.min(), at_50.max()], [42 - 8**0.5, 42 + 8**0.5])
    assert axes.get_xscale() == "log" and axes.get_yscale() == "linear"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("labels", "test_error")


def test_nothing_published_and_one_seed_have_no_band():
    axes = sweep_curve({1: [0.5], 2: [0.4]}, "epochs", "mse", {}).axes[0]
    assert len(axes.lines) == 1 and axes.get_xscale() == "linear"
    edges = axes.collections[0].get_paths()[0].vertices
    assert set(np.round(edges[:, 1], 6)) == {0.5, 0.4}
