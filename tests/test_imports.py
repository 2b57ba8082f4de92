"""The floors: imports point down, and importing the package waits for nothing."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import keras_aae
from keras_aae import experiments, lookup, registry


def test_the_import_rules_hold():
    command = Path(sys.executable).with_name("lint-imports")
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    result = subprocess.run(
        [command, "--no-cache"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout


def test_importing_the_package_is_light():
    code = "import sys, keras_aae; print({'keras', 'numpy', 'matplotlib'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert result.stdout == "set()\n", result.stderr


def test_lazy_names_are_there():
    for name in keras_aae.__all__:
        assert getattr(keras_aae, name) is not None and name in dir(keras_aae)
    with pytest.raises(AttributeError, match="nothing"):
        _ = keras_aae.nothing


@pytest.mark.parametrize(
    "menu", ["RECIPES", "COMPARISONS", "SWEEPS", "TABLES", "TRANSFERS"]
)
def test_every_experiment_says_what_it_is(menu):
    for name, entry in getattr(experiments, menu).items():
        assert entry.name == name
        assert entry.about and not entry.about.endswith(".")


@pytest.mark.parametrize("menu", ["MODELS", "DATASETS", "PRIORS", "FIGURES", "METRICS"])
def test_every_entry_of_every_menu_can_be_imported_and_says_what_it_is(menu):
    entries = getattr(registry, menu)
    assert entries
    for name, (_, text) in entries.items():
        assert lookup.load_entry(name, entries, menu) is not None
        assert text and not text.endswith(".")


def test_every_folder_of_the_package_is_installed():
    root = Path(__file__).parents[1]
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)["tool"]["setuptools"]["packages"]
    folders = [path.parent for path in (root / "keras_aae").rglob("__init__.py")]
    names = {".".join(folder.relative_to(root).parts) for folder in folders}
    assert set(listed) == {*names, "keras_aae.cli"}
