"""The probes of all recipes, as numbers that no refactoring may change."""

import json
from pathlib import Path

from keras_aae.lookup import load_entry
from keras_aae.registry import RECIPES, SWEEPS

FOLDER = Path(__file__).parent
NAMES = (*RECIPES, *SWEEPS)


def recipe_of(name):
    return load_entry(name, {**RECIPES, **SWEEPS}, "recipe").recipe


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text())
