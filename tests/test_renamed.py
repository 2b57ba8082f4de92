"""Tests that former names are still read."""

import csv
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from keras_aae.cli.main import cli

import keras_aae.models
from keras_aae import networks
from keras_aae.engine.loop import Progress
from keras_aae.lookup import (
    RENAMED,
    check_name,
    current_keys,
    current_metrics,
    current_name,
    current_terms,
    former_keys,
)
from keras_aae.model_files.config import check_config
from keras_aae.recipe import Recipe, current_option, override
from keras_aae.registry import FIGURES, METRICS, MODELS
from keras_aae.runs.folder import RunFolder
from keras_aae.training.build import family, new_model

FIXTURE = Path(__file__).parent / "fixtures" / "run-format-1"
MENUS = {
    "model": MODELS, "figure": FIGURES, "metric": METRICS, "network": networks.NETWORKS,
}  # fmt: skip


def pairs(*kinds):
    return [(kind, *pair) for kind in kinds for pair in RENAMED[kind].items()]


@pytest.mark.parametrize(("kind", "old", "new"), pairs(*MENUS))
def test_a_menu_has_the_new_name_and_not_the_old(kind, old, new):
    assert new in MENUS[kind] and old not in MENUS[kind]


@pytest.mark.parametrize(("kind", "old", "new"), pairs("model", "figure", "metric"))
def test_a_menu_takes_the_old_name(kind, old, new):
    assert check_name(old, MENUS[kind], kind) == new


def test_every_new_name_of_an_option_is_one():
    known = {name for model in MODELS for name in family(model).options()}
    assert set(RENAMED["option"].values()) <= known
    assert set(RENAMED["gan option"].values()) <= set(family("gan").options())
    assert set(RENAMED["recipe value"].values()) <= set(Recipe().to_dict())
    assert not {*RENAMED["option"], *RENAMED["gan option"]} & known


def test_every_new_name_of_a_term_is_one():
    known = {
        term
        for value in vars(keras_aae.models).values()
        if isinstance(value, type)
        for parent in value.__mro__
        for term in getattr(parent, "terms", ())
    }
    assert set(RENAMED["term"].values()) <= known
    assert not set(RENAMED["term"]) & known


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("vae", {"binarise": True, "penalised": "encoder", "normalised_codes": False}),
        ("aae", {"matching_weight": 2.0, "network": "normalised"}),
        ("gan", {"matching_weight": 0.5, "penalty_weight": 5.0}),
        ("labelled-aae", {"network": "normalised-conv"}),
    ],
)
def test_an_old_recipe_is_the_new_one(model, options):
    old = Recipe().to_dict() | {"model": model, "options": options}
    old |= {"labels": 100, "watch": 5, "validation": 5, "monitor": "val_accuracy_codes"}
    del old["num_labels"], old["track_codes"]
    recipe = Recipe.from_dict(old)
    assert recipe.model == current_name("model", model)
    assert (recipe.num_labels, recipe.track_codes) == (100, 5)
    assert recipe.monitor == "val_discriminator_accuracy_codes"
    assert (
        not {*options}
        & {*RENAMED["option"], *RENAMED["gan option"]}
        & {*recipe.options}
    )
    assert sorted(recipe.options.values(), key=str) == sorted(
        (
            current_name("network", v) if k == "network" else v
            for k, v in options.items()
        ),
        key=str,
    )
    assert Recipe.from_dict(recipe.to_dict()) == recipe


def test_a_fingerprint_is_that_of_the_old_names():
    content = json.loads((FIXTURE / "recipe.json").read_text(encoding="utf-8"))
    manifest = next((FIXTURE / "checkpoints").glob("*/manifest.json"))
    kept = json.loads(manifest.read_text(encoding="utf-8"))["recipe"]
    assert Recipe.from_dict(content["recipe"]).fingerprint == kept


def test_settings_may_have_their_old_names():
    recipe = override(Recipe(model="gan"), {"labels": 10, "penalty_weight": 3.0})
    assert recipe.num_labels == 10
    assert recipe.options == {"gradient_penalty_weight": 3.0}
    assert current_option("aae", "matching_weight") == "regularization_weight"
    assert current_option("gan", "matching_weight") == "feature_matching_weight"


@pytest.mark.parametrize("kind", ["option", "recipe value", "term", "network"])
def test_new_names_and_back(kind):
    old = dict.fromkeys(RENAMED[kind], 1)
    assert former_keys(kind, current_keys(kind, old)) == old


def test_histories_and_metrics_are_read_under_todays_names(tmp_path):
    shutil.copytree(FIXTURE, tmp_path / "run")
    with open(
        tmp_path / "run" / "history.csv", "w", newline="", encoding="utf-8"
    ) as file:
        csv.writer(file).writerows(
            [["epoch", "accuracy_codes", "val_accuracy_codes"], [1, 0.5, 0.75]]
        )
    run = RunFolder(tmp_path / "run")
    assert run.history == [
        {
            "epoch": 1.0,
            "discriminator_accuracy_codes": 0.5,
            "val_discriminator_accuracy_codes": 0.75,
        }
    ]
    assert "probe_logistic_10000" in run.metrics and "kl_binarized" in run.metrics


def test_metrics_keep_their_suffixes():
    old = {"frozen_accuracy_100_std": 1, "probe_2000_neighbours": 2, "space_share_0": 3}
    assert current_metrics(old) == {
        "probe_kernel_100_std": 1, "probe_knn_2000": 2, "space_share_0": 3,
    }  # fmt: skip
    assert current_metrics({"train_accuracy_codes": 4}) == {
        "train_discriminator_accuracy_codes": 4
    }


def test_a_training_under_way_goes_on_under_todays_names():
    kept = Progress(totals={"crowding": [1.0, 2.0]}, history=[{"val_certainty": 3.0}])
    progress = Progress.from_dict(kept.to_dict())
    assert progress.totals == {"head_separation": [1.0, 2.0]}
    assert progress.history == [{"val_min_entropy": 3.0}]
    assert current_terms({"loss": 1}) == {"loss": 1}


@pytest.mark.parametrize(
    ("model", "new", "old"),
    [
        ("aae", "regularization_weight", "matching_weight"),
        ("gan", "gradient_penalty_weight", "penalty_weight"),
        ("vae", "binarize", "binarise"),
    ],
)
def test_the_config_of_an_old_model_file_makes_the_same_model(model, new, old):
    options = {"latent_dim": 2}
    if model == "gan":
        options["generator_filters"] = options["discriminator_filters"] = (4,)
    recipe = Recipe(model=model, options=options)
    made = new_model(recipe, (8, 8, 1), 1)
    config = made.get_config()
    config[old] = config.pop(new)
    again = type(made).from_config(config)
    assert again.get_config()[new] == made.get_config()[new]


@pytest.mark.parametrize(("old", "new"), RENAMED["class"].items())
def test_an_old_class_is_the_new_one_and_says_so(old, new):
    with pytest.warns(DeprecationWarning, match=new):
        assert getattr(keras_aae.models, old) is getattr(keras_aae.models, new)
    with pytest.raises(AttributeError, match="Nothing"):
        keras_aae.models.Nothing  # noqa: B018


def test_old_names_of_classes_are_registered_and_may_be_loaded():
    for old, new in RENAMED["class"].items():
        found = keras.saving.get_registered_object(f"keras_aae>{old}")
        assert found.__name__ == new
        check_config(
            {
                "module": "keras_aae.models.aae", "class_name": old, "config": {},
                "registered_name": f"keras_aae>{old}",
            }
        )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["--labels", "7"], ["--num-labels", "7"]),
        (["--labels=7"], ["--num-labels=7"]),
        (["--set", "labels=7"], ["--set", "num_labels=7"]),
        (["--set", "matching_weight=-"], ["--set", "regularization_weight=-"]),
        (["--network", "normalised"], ["--network", "dense-bn"]),
    ],
)
def test_the_command_line_takes_the_old_name_and_says_the_new(old, new, monkeypatch):
    recipes = []
    monkeypatch.setattr("keras_aae.cli.train.select_backend", lambda name: stop())
    monkeypatch.setattr("keras_aae.recipe.Recipe.replace", remembering(recipes))
    results = [
        CliRunner().invoke(cli, ["train", "labeled-aae", *words])
        for words in (old, new)
    ]
    said, quiet = (result.output for result in results)
    assert "is now called" in said and "is now called" not in quiet
    assert len(said.strip().splitlines()) == 1
    assert recipes[0] == recipes[1] != Recipe(model="labeled-aae")


def stop():
    raise SystemExit(0)


def remembering(recipes):
    replace = Recipe.replace

    def remember(self, **changes):
        recipes.append(replace(self, **changes))
        return recipes[-1]

    return remember


def test_an_old_model_name_is_answered_with_the_new(monkeypatch):
    monkeypatch.setattr("keras_aae.cli.train.select_backend", lambda name: stop())
    result = CliRunner().invoke(cli, ["train", "labelled-aae"])
    assert result.exit_code == 0 and "labeled-aae" in result.output


def test_old_and_new_recipe_train_the_same(tmp_path):
    from keras_aae import training

    histories = []
    for name, key in (("old", "labels"), ("new", "num_labels")):
        options = {"latent_dim": 2, "hidden_units": [4], "discriminator_units": [4]}
        weight = "matching_weight" if name == "old" else "regularization_weight"
        recipe = Recipe.from_dict(
            {
                "model": "labelled-aae" if name == "old" else "labeled-aae",
                "options": options | {weight: 2.0}, "dataset": "digits", "limit": 40,
                key: 20, "epochs": 1, "batch_size": 8, "execution": "graph",
            }
        )  # fmt: skip
        run = training.train(recipe, tmp_path / name)
        histories.append(
            [{**row, "seconds": 0, "images_per_second": 0} for row in run.history]
        )
        assert np.isfinite(list(run.history[0].values())).all()
    assert histories[0] == histories[1]
