import json
from pathlib import Path

import pytest

from keras_aae import gallery
from keras_aae.recipe import Experiment, Recipe
from keras_aae.registry import RECIPES

TOY = None


@pytest.fixture
def toy(toy_npz, monkeypatch):
    """A quick experiment on the menu."""
    recipe = Recipe(
        name="toy", dataset=str(toy_npz), options={"latent_dim": 2, "hidden_units": [4]},
        epochs=1, batch_size=8, execution="graph",
    )  # fmt: skip

    def put(**changes):
        experiment = Experiment(
            recipe.replace(**changes), "a paper", {"mse": 0.5}, ("reconstructions",)
        )
        monkeypatch.setattr(f"{__name__}.TOY", experiment)

    monkeypatch.setitem(RECIPES, "toy", (f"{__name__}:TOY", "toy"))
    put()
    return put


def make(tmp_path, **options):
    return gallery.make_results(
        "toy", tmp_path / "results", tmp_path / "runs", **options
    )


def runs(tmp_path):
    return sorted(path.name for path in (tmp_path / "runs").iterdir())


def test_results_are_figures_numbers_and_a_page(toy, tmp_path):
    folder = make(tmp_path)
    assert {p.name for p in folder.iterdir()} == {"metrics.json", "reconstructions.png"}
    kept = json.loads((folder / "metrics.json").read_text())
    page = (tmp_path / "results" / "README.md").read_text()
    assert f"| mse | {kept['metrics']['mse']:.4f} | 0.50 |" in page
    assert "keras-aae train --recipe toy" in page and "toy/reconstructions.png" in page


def test_what_is_there_is_not_made_again(toy, tmp_path):
    folder = make(tmp_path)
    files = {p: p.stat().st_mtime_ns for p in folder.iterdir()}
    before = runs(tmp_path)
    make(tmp_path)
    assert files == {p: p.stat().st_mtime_ns for p in folder.iterdir()}
    assert runs(tmp_path) == before
    make(tmp_path, force=True)
    assert files != {p: p.stat().st_mtime_ns for p in folder.iterdir()}


def test_a_changed_recipe_is_trained_anew_beside_the_old_one(toy, tmp_path):
    make(tmp_path)
    toy(seed=1)
    folder = make(tmp_path)
    assert len(runs(tmp_path)) == 2
    assert json.loads((folder / "metrics.json").read_text())["recipe"]["seed"] == 1


def test_an_unfinished_run_goes_on(toy, tmp_path):
    make(tmp_path)
    toy(epochs=3)
    make(tmp_path)
    (name,) = runs(tmp_path)
    history = (tmp_path / "runs" / name / "history.csv").read_text()
    assert len(history.splitlines()) == 4


def test_the_committed_page_is_what_the_code_makes():
    results = Path(__file__).parents[2] / "results"
    assert gallery.page(results) == (results / "README.md").read_text(encoding="utf-8")
