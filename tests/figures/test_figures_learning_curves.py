import math

import pytest

from keras_aae.errors import KerasAAEError
from keras_aae.figures.learning_curves import in_nats, learning_curves
from keras_aae.figures.style import PAGE


def history(terms, epochs=4, validation=True):
    rows = []
    for epoch in range(1, epochs + 1):
        row = {"epoch": epoch, "seconds": 1.5, "images_per_second": 4e4}
        row |= {term: 10.0 / epoch for term in terms}
        if validation:
            row |= {f"val_{term}": 11.0 / epoch for term in terms}
        rows.append(row)
    return rows


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


@pytest.mark.parametrize("terms", [["kl"], ["a", "b"], list("abcd"), list("abcde")])
def test_every_term_has_a_panel(terms):
    assert titles(learning_curves(history(terms))) == terms


def test_a_panel_shows_training_and_validation_and_names_them():
    (axes,) = learning_curves(history(["neg_elbo"])).axes
    train, validation = axes.lines
    assert list(train.get_xdata()) == [1, 2, 3, 4]
    assert list(train.get_ydata()) == [10.0 / epoch for epoch in range(1, 5)]
    assert validation.get_ydata()[0] == 11.0
    assert [text.get_text() for text in axes.texts] == ["train", "validation"]


def test_training_alone_needs_no_names():
    (axes,) = learning_curves(history(["kl"], validation=False)).axes
    assert len(axes.lines) == 1
    assert not axes.texts


def test_missing_values_leave_gaps_and_empty_terms_no_panel():
    rows = history(["kl", "weight"], epochs=3)
    rows[1]["val_kl"] = ""
    for row in rows:
        row["weight"], row["val_weight"] = math.nan, ""
    (axes,) = learning_curves(rows).axes
    assert list(axes.lines[1].get_xdata()) == [1, 3]


def test_a_single_epoch_can_be_seen():
    (axes,) = learning_curves(history(["kl"], epochs=1)).axes
    assert axes.lines[0].get_marker() == "."


def test_eight_terms_fit_on_a_page():
    figure = learning_curves(history(["loss", *"abcdefgh"]))
    assert titles(figure) == [*"abcdefgh"]
    assert figure.get_figwidth() <= PAGE
    figure.draw_without_rendering()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    assert not any(
        one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i]
    )


@pytest.mark.parametrize("terms", [["loss", "kl"], ["neg_elbo", "loss", "kl"]])
def test_a_loss_that_is_all_of_a_term_has_no_panel(terms):
    rows = history(terms)
    for row in rows:
        row["loss"] *= 1 + 1e-7  # the rounding error of float32
    assert titles(learning_curves(rows)) == [term for term in terms if term != "loss"]


@pytest.mark.parametrize("column", ["loss", "val_loss"])
def test_a_loss_of_its_own_has_the_first_panel(column):
    rows = history(["kl", "loss"])
    rows[-1][column] += 0.01
    assert titles(learning_curves(rows)) == ["loss", "kl"]
    assert titles(learning_curves(history(["loss"]))) == ["loss"]


def test_a_loss_measured_more_often_than_its_term_has_a_panel():
    rows = history(["loss", "kl"])
    rows[0]["kl"] = ""
    assert titles(learning_curves(rows)) == ["loss", "kl"]


def test_quantiles_of_codes_are_no_terms():
    rows = history(["kl"])
    for row in rows:
        row |= {"z_mean_q05": -1.0, "z_mean_q50": 0.0, "z_mean_q100": ""}
    assert titles(learning_curves(rows)) == ["kl"]


def test_diagnostics_of_adversarial_training_are_no_terms():
    rows = history(
        [
            "kl",
            "discriminator_accuracy_codes",
            "discriminator_accuracy_category_prior",
            "accuracy",
        ]
    )
    for row in rows:
        row |= {"sliced_wasserstein": 0.1, "mmd": 0.0, "code_mean_0": 0.0}
        row |= {"code_std_11": 1.0, "code_std": 3.0}
    assert titles(learning_curves(rows)) == ["kl", "accuracy", "code_std"]


def test_a_term_that_starts_later_has_a_panel():
    rows = history(["kl"], epochs=3)
    rows[2]["late_nll"] = 4.0
    assert titles(learning_curves(rows)) == ["kl", "late_nll"]


@pytest.mark.parametrize(
    "term, nats",
    [
        ("neg_elbo", True),
        ("kl", True),
        ("reconstruction_nll", True),
        ("style_kl", True),
        ("discriminator_loss", False),
        ("mse", False),
    ],
)
def test_units_are_given_only_where_the_name_implies_them(term, nats):
    (axes,) = learning_curves(history([term])).axes
    assert in_nats(term) is nats
    assert axes.get_ylabel() == ("nats per example" if nats else "")


@pytest.mark.parametrize("rows", [[], [{"epoch": 1, "seconds": 2.0, "kl": ""}]])
def test_a_history_without_values_is_refused(rows):
    with pytest.raises(KerasAAEError, match="history holds no values"):
        learning_curves(rows)
