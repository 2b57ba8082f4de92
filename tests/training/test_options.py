"""Values that make no sense are refused in words, or make a model."""

import dataclasses
from contextlib import suppress

import pytest
from families import SHAPE, SMALL

from keras_aae import training
from keras_aae.errors import KerasAAEError, RecipeError
from keras_aae.recipe import Recipe
from keras_aae.registry import MODELS
from keras_aae.training.build import build_model, family

# Of no type that any option has; and those that may fit some.
NONSENSE = ({"a": 1}, [["x"]])
ODD = (-1, 1.5, float("nan"), True, "x")


@pytest.mark.parametrize("name", MODELS)
def test_no_value_of_an_option_is_a_fault_of_the_program(name):
    options = family(name).options()
    small = {key: value for key, value in SMALL.items() if key in options}
    for option in options:
        for value in NONSENSE:
            with pytest.raises(KerasAAEError):
                build_model(name, SHAPE, **small | {option: value})
        for value in ODD:
            with suppress(KerasAAEError):
                build_model(name, SHAPE, **small | {option: value})


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Recipe)])
def test_no_value_of_a_recipe_is_a_fault_of_the_program(name, toy_file, tmp_path):
    for value in NONSENSE:
        values = {"dataset": str(toy_file), "epochs": 1, name: value}
        with pytest.raises(KerasAAEError):
            training.train(Recipe(**values), tmp_path / "run")
        assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hidden_units": 5}, r"hidden_units 5\. Expected a list"),
        ({"hidden_units": [4, 0]}, r"hidden_units \(4, 0\)\. Expected whole numbers"),
        ({"hidden_units": [], "network": "conv"}, "at least one convolution"),
        ({"discriminator_units": None}, "discriminator_units None. Expected a list"),
        ({"discriminator_dropout": 1.0}, r"Expected a number in \[0, 1\)"),
        ({"latent_dim": 0}, "latent_dim 0. Expected a whole number from 1"),
        ({"seed": 2**31}, "seed 2147483648. Expected a whole number from 0"),
    ],
)
def test_what_is_expected_is_said(options, message):
    with pytest.raises(RecipeError, match=message):
        build_model("aae", SHAPE, **options)


def test_no_hidden_layer_is_a_linear_model():
    model = build_model("autoencoder", SHAPE, latent_dim=2, hidden_units=[])
    assert model.encoder.count_params() == 64 * 2 + 2
