import math

import numpy as np
import pytest

from keras_aae.errors import UnsupportedError
from keras_aae.figures.adversarial_diagnostics import adversarial_diagnostics

ACCURACIES = ("discriminator_accuracy_codes", "discriminator_accuracy_prior")
CATEGORIES = (
    "discriminator_accuracy_categories",
    "discriminator_accuracy_category_prior",
)
TITLES = ["discriminator, % right", "sliced Wasserstein distance", "squared MMD"]


def history(epochs=4, accuracies=ACCURACIES, validation=False, dimensions=2):
    """Return values as text, as in a file; dimension i has mean i and deviation i + 1."""
    rows = []
    for epoch in range(1, epochs + 1):
        row = {"epoch": epoch, "reconstruction_loss": 9.0}
        for i, name in enumerate(accuracies):
            row[name] = 0.5 + 0.1 * i + epoch / 100
            if validation:
                row[f"val_{name}"] = 0.4 + 0.1 * i + epoch / 100
        row |= {"sliced_wasserstein": 2.0 / epoch, "mmd": 0.1 - epoch / 20}
        row |= {f"code_mean_{i}": i for i in range(dimensions)}
        row |= {f"code_std_{i}": i + 1 for i in range(dimensions)}
        rows.append({name: str(value) for name, value in row.items()})
    return rows


def title_of(axes):
    legend = axes.get_legend()
    return legend.get_title().get_text() if legend else axes.get_title(loc="left")


def named(axes):
    return [text.get_text() for text in axes.get_legend().texts]


def heights(band):
    (path,) = band.get_paths()
    return path.vertices[:, 1].min(), path.vertices[:, 1].max()


def test_what_is_logged_has_a_panel_and_all_share_the_epochs():
    figure = adversarial_diagnostics(history())
    titles = [title_of(axes) for axes in figure.axes]
    assert titles == [*TITLES, "codes, mean ± standard deviation"]
    assert len({axes.get_xlim() for axes in figure.axes}) == 1


def test_accuracies_are_percent_and_chance_is_shaded():
    axes = adversarial_diagnostics(history()).axes[0]
    codes, prior = axes.lines
    np.testing.assert_allclose(codes.get_ydata(), [51, 52, 53, 54])
    np.testing.assert_allclose(prior.get_ydata(), [61, 62, 63, 64])
    (band,) = axes.patches
    assert (band.get_y(), band.get_height()) == (45, 10)
    assert [text.get_text() for text in axes.texts] == ["chance"]
    low, high = axes.get_ylim()
    assert low <= 40 and high >= 60
    assert named(axes) == ["codes", "prior"]


def test_training_is_thin_beside_validation_and_has_its_color():
    axes = adversarial_diagnostics(history(validation=True)).axes[0]
    train, validation, *_ = axes.lines
    np.testing.assert_allclose(validation.get_ydata(), [41, 42, 43, 44])
    assert 2 * train.get_linewidth() < validation.get_linewidth()
    assert train.get_color() == validation.get_color()
    assert title_of(axes).endswith("thin in training")
    alone = adversarial_diagnostics(history()).axes[0].lines[0]
    assert alone.get_linewidth() == validation.get_linewidth()


def test_categories_are_a_second_pair():
    axes = adversarial_diagnostics(history(accuracies=ACCURACIES + CATEGORIES)).axes[0]
    assert named(axes) == ["codes", "prior", "categories", "category prior"]
    assert len({line.get_color() for line in axes.lines}) == 4


def test_a_distance_that_falls_far_is_logarithmic_and_others_start_at_zero():
    rows = history(epochs=30)
    _, wasserstein, mmd, _ = adversarial_diagnostics(rows).axes
    assert (wasserstein.get_yscale(), mmd.get_yscale()) == ("log", "linear")
    np.testing.assert_allclose(mmd.lines[-1].get_ydata()[:2], [0.05, 0.0], atol=1e-12)
    near = adversarial_diagnostics(rows[:3]).axes[1]
    assert near.get_yscale() == "linear"
    assert near.get_ylim()[0] <= 0


def test_few_dimensions_have_a_line_and_a_band_each():
    axes = adversarial_diagnostics(history(dimensions=3)).axes[-1]
    assert named(axes) == ["$z_1$", "$z_2$", "$z_3$"]
    means = [line.get_ydata()[0] for line in axes.lines if len(line.get_xdata()) == 4]
    assert means == [0, 1, 2]
    bands = [heights(band) for band in axes.collections]
    assert bands == [(-1, 1), (-1, 3), (-1, 5)]


def test_many_dimensions_show_the_ranges_of_both_moments():
    axes = adversarial_diagnostics(history(dimensions=11)).axes[-1]
    assert title_of(axes) == "codes, range over 11 dimensions"
    assert [heights(band) for band in axes.collections] == [(0, 10), (1, 11)]
    assert named(axes) == ["mean", "standard deviation"]


def test_what_is_missing_has_no_panel():
    rows = history(accuracies=())
    assert title_of(adversarial_diagnostics(rows).axes[0]) == TITLES[1]
    for row in rows:
        row |= {"mmd": "", "code_std_0": math.nan, "code_std_1": ""}
    (axes,) = adversarial_diagnostics(rows).axes
    assert title_of(axes) == TITLES[1]


def test_a_missing_value_leaves_the_others():
    rows = history(validation=True)
    for row in rows[::2]:
        row["val_discriminator_accuracy_codes"] = ""
    validation = adversarial_diagnostics(rows).axes[0].lines[1]
    assert list(validation.get_xdata()) == [2, 4]


def test_a_single_epoch_can_be_seen():
    figure = adversarial_diagnostics(history(epochs=1))
    for axes in figure.axes:
        assert "." in [line.get_marker() for line in axes.lines]
        low, high = axes.get_xlim()
        assert [tick for tick in axes.get_xticks() if low <= tick <= high] == [1]
    assert np.ptp(figure.axes[-1].collections[0].get_paths()[0].vertices[:, 0]) == 1


@pytest.mark.parametrize("dimensions", [3, 8])
def test_panels_do_not_overlap(dimensions):
    rows = history(30, ACCURACIES + CATEGORIES, validation=True, dimensions=dimensions)
    for drawn in (rows, history(30, accuracies=(), dimensions=dimensions)):
        figure = adversarial_diagnostics(drawn)
        figure.draw_without_rendering()
        boxes = [axes.get_tightbbox().padded(-1) for axes in figure.axes]
        assert not any(
            one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i]
        )


@pytest.mark.parametrize("rows", [[], [{"epoch": 1, "kl": 2.0, "mmd": ""}]])
def test_a_history_without_any_says_what_to_train(rows):
    with pytest.raises(UnsupportedError, match="'adversarial-diagnostics'"):
        adversarial_diagnostics(rows)
