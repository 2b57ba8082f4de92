"""Tests that option values either give a model or a clear error."""

import dataclasses
import json
from contextlib import nullcontext, suppress

import numpy as np
import pytest
from families import SHAPE, SMALL, small_model

from keras_aae import training
from keras_aae.checks import KINDS, Number, kind_of, takes_schedule
from keras_aae.errors import KerasAAEError, RecipeError
from keras_aae.models.base.autoencoder import AutoencodingModel
from keras_aae.recipe import Recipe
from keras_aae.registry import MODELS
from keras_aae.training.build import build_model, complete_options, family

# Values that no option accepts, and values that some accept.
NONSENSE = (
    {"a": 1},
    [["x"]],
    float("nan"),
    float("inf"),
    -1,
    "x",
    "linear:nan:1:5",
    10**400,
)
ODD = (1.5, True, None, "linear:0:1:5", 2**40)


@pytest.mark.parametrize("name", MODELS)
def test_no_value_of_an_option_is_a_fault_of_the_program(name):
    options = family(name).options()
    small = {key: value for key, value in SMALL.items() if key in options}
    for option in options:
        for value in NONSENSE:
            with pytest.raises(RecipeError, match=f"Invalid {option} .*Expected "):
                complete_options(name, small | {option: value})
        for value in ODD:
            with suppress(KerasAAEError):
                build_model(name, SHAPE, **small | {option: value})


@pytest.mark.parametrize("name", MODELS)
def test_options_fit_their_own_type_and_no_other(name):
    for option, parameter in family(name).options().items():
        for value in (True, 1.5, "linear:0:1:5"):
            kind, _ = kind_of(parameter.annotation)
            fits = {
                True: kind is KINDS[bool],
                1.5: isinstance(kind, Number) and kind.high > 1.5,
                "linear:0:1:5": takes_schedule(parameter.annotation),
            }[value]
            context = (
                nullcontext() if fits else pytest.raises(RecipeError, match=option)
            )
            with context:
                complete_options(name, {option: value})


@pytest.mark.parametrize("name", MODELS)
def test_constructors_refuse_what_recipes_refuse(name):
    model = small_model(name)
    config = model.get_config()
    for option in type(model).options().keys() & config.keys():
        with pytest.raises(RecipeError, match=f"Invalid {option} .*Expected "):
            type(model)(**config | {option: -1})
        with pytest.raises(RecipeError, match=f"Invalid {option} .*Expected "):
            type(model)(**config | {option: "linear:0:1:5"})


def test_an_option_without_a_type_is_refused_where_it_is_declared():
    with pytest.raises(TypeError, match="Option 'beta' of .*Annotate it"):

        class Untyped(AutoencodingModel):
            def __init__(self, encoder, decoder, *, beta=1.0, **kwargs):
                super().__init__(encoder, decoder, **kwargs)


def test_scalars_of_numpy_are_the_numbers_that_they_are():
    given = {"latent_dim": np.int64(3), "beta": np.float32(0.5)}
    options = complete_options("vae", given)
    assert (options["latent_dim"], options["beta"]) == (3, 0.5)
    assert json.loads(json.dumps(options)) == options


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
        (
            {"hidden_units": [4, 0]},
            r"hidden_units \[4, 0\]\. Expected a list, each a whole",
        ),
        (
            {"hidden_units": [], "network": "conv"},
            "Expected at least 1 of them, for example",
        ),
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
