"""Golden probes of all recipes: numbers that no refactoring may change."""

import json
from pathlib import Path

from keras_aae.experiments import RECIPES, SWEEPS

FOLDER = Path(__file__).parent
NAMES = (*RECIPES, *SWEEPS)


def recipe_of(name):
    return {**RECIPES, **SWEEPS}[name].recipe


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text())
