import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.evaluation import evaluate
from keras_aae.figures import draw


def shown(figure):
    """Return name of the panel -> row -> text in the row."""
    return {
        axes.get_title("left").split("\n")[0]: {
            int(text.xy[1]): text.get_text() for text in axes.texts
        }
        for axes in figure.axes
    }


@pytest.fixture
def models(make_model):
    return {"two": make_model(2), "five": make_model(5), "nothing": object()}


def test_a_panel_a_number_and_a_row_a_model(models, dataset):
    figure = draw("compare", models=models, dataset=dataset, seed=3)
    panels = shown(figure)
    assert list(panels) == [
        "mse", "interpolation_energy", "probe_logistic_10000", "kmeans_accuracy",
    ]  # fmt: skip
    for name, values in panels.items():
        expected = {
            row: f"{evaluate(models[heading], dataset, seed=3, names=[name])[name]:#.4g}"
            for row, heading in enumerate(("two", "five"))
        }
        assert values == expected
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names == list(models)
    assert figure.axes[0].get_ylim()[0] > figure.axes[0].get_ylim()[1]
    titles = {axes.get_title("left") for axes in figure.axes}
    assert {"mse\nless is better", "probe_logistic_10000\nmore is better"} < titles


def test_points_stand_at_their_numbers_inside_the_panel(models, dataset):
    figure = draw("compare", models=models, dataset=dataset, metrics=["mse"])
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    for line, text in zip(axes.lines, axes.texts, strict=True):
        x, y = line.get_xydata()[0]
        assert (x, y) == text.xy and low < x < high
        assert f"{x:#.4g}" == text.get_text()


def test_metrics_may_be_named_and_stand_for_several_numbers(models, dataset):
    figure = draw("compare", models=models, dataset=dataset, metrics="space_share")
    names = [f"space_share_{k}" for k in range(10)]
    assert list(shown(figure)) == names
    assert all(2 not in values and 0 in values for values in shown(figure).values())


def test_what_applies_to_no_model_is_refused(models, dataset):
    with pytest.raises(UnsupportedError, match="Metric 'nll'"):
        draw("compare", models=models, dataset=dataset, metrics=["mse", "nll"])
    with pytest.raises(KerasAAEError, match="Did you mean 'mse'"):
        draw("compare", models=models, dataset=dataset, metrics=["mce"])
    for nonsense in (5, [["mse"]], {"mse": 1}):
        with pytest.raises(KerasAAEError, match="Invalid metrics"):
            draw("compare", models=models, dataset=dataset, metrics=nonsense)
    with pytest.raises(UnsupportedError, match="metrics="):
        draw("compare", models={"nothing": object()}, dataset=dataset)
