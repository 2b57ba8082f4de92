import inspect
import subprocess
import sys
from contextlib import suppress
from itertools import product

import numpy as np
import pytest
from families import small_model
from matplotlib.figure import Figure

from keras_aae.checks import kind_of, options_of, validate
from keras_aae.errors import KerasAAEError, RecipeError
from keras_aae.figures import draw
from keras_aae.figures.animation import Animation
from keras_aae.figures.menu import compares, file_name
from keras_aae.lookup import load_entry
from keras_aae.priors import Umbrella
from keras_aae.registry import FIGURES

HISTORY = [
    {"epoch": 1, "kl": 2.0, "val_kl": 2.5, "z_q05": -1.0, "z_q95": 1.0, "mmd": 0.1}
]


SHAPES = {"point-clouds": (12, 2, 1)}
DIMENSIONS = {"scatterplot-3d": 3}
OF_CLASSES = (
    "mode-samples", "style-grid", "cluster-heads", "misclassified", "confusion",
)  # fmt: skip
SNAPSHOTS = {epoch: np.full((25, 8, 8, 1), epoch / 9, "float32") for epoch in (1, 2, 3)}


@pytest.fixture
def draw_any(make_model, make_class_model, forger, prior, make_dataset):
    """Return a function that draws a figure by name."""

    def draw_any(name, note="", images=200, options=()):
        model = make_model(DIMENSIONS.get(name, 2), prior)
        if name in OF_CLASSES:
            model = make_class_model(4, prior=Umbrella(4))
        if name == "probability-histograms":
            model = forger
        if name == "gradient-histograms":
            model = small_model("vae")
        classes = 4 if name == "confusion" else 10
        dataset = make_dataset(
            images, classes, note=note, shape=SHAPES.get(name, model.image_shape)
        )
        return draw(
            name,
            model=model,
            models={"a model": model, "another": model},
            dataset=dataset,
            history=HISTORY,
            snapshots=SNAPSHOTS,
            **dict(options),
        )

    return draw_any


def size(drawn):
    if isinstance(drawn, Animation):
        return drawn.frames.shape[2:0:-1]
    return drawn.get_figwidth(), drawn.get_figheight()


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_draws_and_writes_nothing(name, draw_any, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure = draw_any(name)
    moves = file_name(name) == f"{name}.gif"
    assert isinstance(figure, Animation if moves else Figure)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FIGURES)
def test_the_note_of_the_data_is_below_every_figure(name, draw_any):
    note = "MNIST was not available: digits used instead"
    plain, noted = draw_any(name), draw_any(name, note)
    if isinstance(plain, Figure):
        assert not plain.texts
        (text,) = noted.texts
        assert text.get_text().replace("\n", " ") == note
    assert size(noted)[1] > size(plain)[1]
    assert size(noted)[0] == size(plain)[0]


def test_figures_of_several_models_and_moving_ones_are_known():
    comparing = [name for name in FIGURES if compares(name)]
    assert comparing == [
        "reconstruction-strips", "posteriors", "weight-histograms", "compare",
    ]  # fmt: skip
    moving = [name for name in FIGURES if file_name(name) != f"{name}.png"]
    assert moving == [
        "interpolation-animation", "nearest-neighbors", "morph", "samples-animation",
    ]  # fmt: skip


def test_options_reach_the_figure(model):
    draw("latent-sweep", model=model, n=4)
    assert len(model.decoded[0]) == 16


@pytest.mark.parametrize(
    "name, options, message",
    [
        ("scater", {}, "Unknown figure 'scater'. Did you mean 'scatterplot'"),
        ("latent-sweep", {"extend": 2}, "'extend'. Did you mean 'extent'.*n, extent,"),
        (
            "learning-curves",
            {"n": 2},
            "'learning-curves' takes no options. Received: n",
        ),
    ],
)
def test_unknown_names_list_the_choices(name, options, message, model, dataset):
    with pytest.raises(KerasAAEError, match=message):
        draw(name, model=model, dataset=dataset, history=HISTORY, **options)


VALUES = (
    {"a": 1},
    [[1]],
    float("nan"),
    float("inf"),
    "linear:0:1:5",
    "x",
    -1,
    1.5,
    True,
)


@pytest.mark.parametrize("name", FIGURES)
def test_no_value_of_an_option_is_an_internal_error(name, draw_any):
    options = options_of(load_entry(name, FIGURES, "figure"))
    for (option, parameter), value in product(options.items(), VALUES):
        kind, _ = kind_of(parameter.annotation)
        try:
            kind.read(value)
        except ValueError:
            with pytest.raises(RecipeError, match=f"Invalid {option} .*Expected "):
                draw_any(name, images=40, options={option: value})
        else:
            assert value in ("x", "linear:0:1:5", -1, 1.5)
            with suppress(KerasAAEError):
                draw_any(name, images=40, options={option: value})


@pytest.mark.parametrize("name", FIGURES)
def test_every_option_of_a_figure_has_a_type_that_its_default_fits(name):
    function = load_entry(name, FIGURES, "figure")
    options = options_of(function)
    assert options.keys() == inspect.signature(function).parameters.keys() - {
        "model", "models", "dataset", "history", "snapshots"
    }  # fmt: skip
    for option, parameter in options.items():
        validate(option, parameter.default, parameter.annotation)


@pytest.mark.parametrize(
    "name, message",
    [
        ("scatterplot", "'scatterplot' needs model and dataset. Pass model=..., data"),
        ("learning-curves", "'learning-curves' needs history. Pass history=..."),
        ("samples-by-epoch", "'samples-by-epoch' needs snapshots"),
        ("reconstruction-strips", "needs models and dataset. Pass models=..., data"),
    ],
)
def test_missing_inputs_are_named(name, message):
    with pytest.raises(KerasAAEError, match=message):
        draw(name)


def run(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_importing_the_figures_imports_no_drawing():
    loaded = run("import sys, keras_aae.figures; print('matplotlib' in sys.modules)")
    assert loaded.strip() == "False"


def test_drawing_and_saving_never_touch_pyplot(tmp_path):
    code = f"""
import sys
from keras_aae.figures import draw, save
save(draw("learning-curves", history={HISTORY}), {str(tmp_path / "curves.svg")!r})
print("matplotlib.pyplot" in sys.modules, "keras" in sys.modules)
"""
    assert run(code).split() == ["False", "False"]
