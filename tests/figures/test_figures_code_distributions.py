import math

import numpy as np
import pytest

from keras_aae.errors import UnsupportedError
from keras_aae.figures.code_distributions import code_distributions
from keras_aae.figures.history import quantiles, terms, values

PERCENTS = (0, 5, 25, 50, 75, 95, 100)


def history(quantities=("z_mean",), epochs=4, percents=PERCENTS):
    """Return values percent + epoch / 10 as text, as in a file."""
    return [
        {"epoch": str(epoch), "seconds": "1.0", "kl": "2.0"}
        | {
            f"{quantity}_q{percent:02d}": str(percent + epoch / 10)
            for quantity in quantities
            for percent in percents
        }
        for epoch in range(1, epochs + 1)
    ]


def edges(band):
    """Return the lowest and the highest y of a band at each of its x."""
    (path,) = band.get_paths()
    x, y = path.vertices.T
    return {e: (y[x == e].min(), y[x == e].max()) for e in np.unique(x)}


def legend_of(figure):
    return [text.get_text() for text in figure.legends[0].texts]


@pytest.mark.parametrize("quantities", [["z"], ["z_mean", "z_log_var"], list("abc")])
def test_every_quantity_has_a_panel(quantities):
    figure = code_distributions(history(quantities))
    assert [axes.get_title(loc="left") for axes in figure.axes] == quantities
    assert legend_of(figure) == ["0–100 %", "5–95 %", "25–75 %", "median"]


def test_bands_lie_between_the_quantiles_and_the_line_at_the_median():
    (axes,) = code_distributions(history()).axes
    epochs = np.arange(1, 5)
    for band, (low, high) in zip(
        axes.collections, [(0, 100), (5, 95), (25, 75)], strict=True
    ):
        assert set(edges(band)) == set(epochs)
        for epoch, bounds in edges(band).items():
            np.testing.assert_allclose(bounds, [low + epoch / 10, high + epoch / 10])
    (line,) = axes.lines
    np.testing.assert_allclose(line.get_xdata(), epochs)
    np.testing.assert_allclose(line.get_ydata(), 50 + epochs / 10)


def test_narrow_bands_are_darker_and_in_front():
    (axes,) = code_distributions(history()).axes
    brightness = [band.get_facecolor()[0, :3].sum() for band in axes.collections]
    assert brightness == sorted(brightness, reverse=True)
    assert len(set(brightness)) == 3


def test_any_percents_are_bands_if_both_sides_are_there():
    figure = code_distributions(history(percents=(10, 16, 84, 99)))
    assert legend_of(figure) == ["16–84 %"]
    assert not figure.axes[0].lines


def test_missing_values_leave_a_gap():
    rows = history(epochs=6)
    rows[2]["z_mean_q05"], rows[2]["z_mean_q50"] = "", math.nan
    (axes,) = code_distributions(rows).axes
    assert [len(band.get_paths()) for band in axes.collections] == [1, 2, 1]
    assert math.isnan(axes.lines[0].get_ydata()[2])


def test_a_single_epoch_can_be_seen():
    (axes,) = code_distributions(history(epochs=1)).axes
    assert np.ptp(axes.lines[0].get_xdata()) == 1
    low, high = axes.get_xlim()
    assert [tick for tick in axes.get_xticks() if low <= tick <= high] == [1]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"epoch": 1, "kl": 2.0}],
        [{"epoch": 1, "z_q05": "", "z_q95": ""}],
        [{"epoch": 1, "z_q05": 1.0}],
    ],
)
def test_a_history_without_quantiles_says_how_to_get_them(rows):
    with pytest.raises(
        UnsupportedError, match="'code-distributions'.*--set track_codes=500"
    ):
        code_distributions(rows)


def test_columns_are_terms_or_quantiles():
    rows = history(["z", "z_log_var"], epochs=1, percents=(5, 100))
    rows.append(rows[0] | {"val_kl": 1.0, "late_q1": 3.0})
    assert terms(rows) == ["kl", "late_q1"]
    assert quantiles(rows) == {
        "z": {5: "z_q05", 100: "z_q100"},
        "z_log_var": {5: "z_log_var_q05", 100: "z_log_var_q100"},
    }
    np.testing.assert_array_equal(values(rows, "val_kl"), [math.nan, 1.0])
