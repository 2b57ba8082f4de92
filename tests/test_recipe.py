import json

import pytest

from keras_aae.checks import Schedule, parse_value
from keras_aae.errors import KerasAAEError, RecipeError
from keras_aae.experiments import RECIPES
from keras_aae.lookup import check_name
from keras_aae.recipe import Recipe, override
from keras_aae.registry import FIGURES, MODELS


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_survive_json(name):
    recipe = RECIPES[name].recipe
    assert recipe.name == name
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_an_unknown_key_names_the_known_ones_and_the_nearest():
    with pytest.raises(RecipeError, match="Did you mean 'epochs'.*batch_size"):
        Recipe.from_dict({"epoch": 3})


def test_an_unknown_name_lists_the_choices_and_the_nearest():
    with pytest.raises(KerasAAEError, match="Did you mean 'scatterplot'.*latent-sweep"):
        check_name("scatter-plot", FIGURES, "figure")
    assert check_name("vae", MODELS, "model") == "vae"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epochs": 0}, "epochs 0. Expected a whole number of at least 1"),
        ({"epochs": 1.5}, "Invalid epochs"),
        ({"batch_size": True}, "Invalid batch_size"),
        ({"limit": -1}, "Invalid limit"),
        ({"seed": 2**31}, "Invalid seed"),
        ({"backend": "theano"}, "Expected one of tensorflow, jax, torch, or none"),
        ({"execution": "fast"}, "Invalid execution"),
        ({"channels": 2}, "Invalid channels"),
        ({"validation": 1.5}, "Invalid validation"),
        ({"validation": -1}, "Invalid validation"),
        ({"validation": float("inf")}, "Invalid validation"),
        ({"options": [1]}, r"Invalid options \[1\]"),
        ({"monitor": 5}, "Invalid monitor 5. Expected text, or none"),
        (
            {"learning_rate": None},
            "Invalid learning_rate None. Expected a number of at least 0, or a sch",
        ),
        ({"learning_rate": "fast"}, "linear:0:1:10"),
        ({"learning_rate": -0.1}, "Invalid learning_rate"),
        ({"learning_rate": float("nan")}, "Invalid learning_rate"),
        ({"patience": 3}, "patience=3 needs"),
        ({"monitor": "val_loss"}, "needs validation images"),
    ],
)
def test_values_that_make_no_sense_are_refused(values, message):
    with pytest.raises(RecipeError, match=message):
        Recipe(**values)


@pytest.mark.parametrize(
    "text", ["linear:0:1", "step:1:0:3", "cosine:0:1:3", "exponential:1:0:3",
             "linear:a:b:c", "linear:0:1:0", "linear:0:1:-1"],
)  # fmt: skip
def test_schedules_that_make_no_sense_are_refused(text):
    with pytest.raises(RecipeError, match="KIND:START:END:EPOCHS"):
        Schedule.parse(text)


def test_values_are_numbers_or_schedules():
    assert parse_value("0.5") == 0.5
    assert parse_value("linear:0:1:10") == Schedule("linear", 0, 1, 10)


def test_settings_go_to_the_recipe_or_to_the_model():
    recipe = override(Recipe(options={"beta": 1.0}), {"epochs": 3, "latent_dim": 5})
    assert recipe.epochs == 3
    assert recipe.options == {"beta": 1.0, "latent_dim": 5}


def test_more_epochs_are_the_same_recipe_and_another_seed_is_not():
    recipe = Recipe()
    assert recipe.fingerprint == recipe.replace(epochs=99).fingerprint
    assert recipe.fingerprint != recipe.replace(seed=1).fingerprint
