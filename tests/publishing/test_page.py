"""What the results page is made of: the menus, the checklist, the committed folder."""

from pathlib import Path

import pytest

from keras_aae.evaluation.transferring import CLASSIFIERS
from keras_aae.lookup import load_entry
from keras_aae.publishing import gallery, page, results
from keras_aae.publishing.results import FigureFile
from keras_aae.recipe import Experiment, Recipe, Table, TransferStudy
from keras_aae.registry import (
    COMPARISONS,
    DATASETS,
    FIGURES,
    METRICS,
    RECIPES,
    SLOW_METRICS,
    SWEEPS,
    TABLES,
    TRANSFERS,
)
from keras_aae.training.build import family

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("entry", "file"),
    [
        ("samples", "samples.png"),
        (("samples", {"sampler": "gmm"}), "samples-gmm.png"),
        (("latent-sweep", {"spacing": "codes", "n": 9}), "latent-sweep-codes-9.png"),
        (("samples", {"a": True, "b": (1, 2), "c": "x/../y"}), "samples-a-1-2-x-..-y.png"),
        ("morph", "morph.gif"),
        ("interpolation-animation", "interpolation-animation.gif"),
    ],
)  # fmt: skip
def test_options_and_motion_show_in_the_name_of_the_file(entry, file):
    assert FigureFile(entry).file == file


def rows_of_the_checklist():
    return [
        row for group in page.read_checklist(ROOT / "results").values() for row in group
    ]


def test_the_checklist_has_every_row_in_order():
    numbers = [number for number, *_ in rows_of_the_checklist()]
    assert numbers == sorted(numbers) and set(numbers) == set(range(1, 99))


def test_the_checklist_points_to_what_is_on_the_menus():
    pointers = [
        pointer
        for *_, where in rows_of_the_checklist()
        if not isinstance(where, str)
        for pointer in where
    ]
    wrong = [pointer for pointer in pointers if not is_on_a_menu(pointer)]
    assert not wrong


def is_on_a_menu(pointer):
    if isinstance(pointer, str):
        return (ROOT / pointer).is_file()
    name, thing = pointer
    others = {"comparison": COMPARISONS, "sweep": SWEEPS, "transfer": TRANSFERS}
    if name in others:
        return thing in others[name]
    if name not in RECIPES:
        return False
    drawn = results.figure_files(gallery.experiment(name))
    terms = family(gallery.experiment(name).recipe.model).terms
    known = {*METRICS, *(f"train_{term}" for term in terms)}
    is_metric = thing in known or thing.rpartition("_")[0] in METRICS
    return is_metric or thing in [figure.name for figure in drawn]


@pytest.mark.parametrize("name", RECIPES)
def test_every_experiment_can_be_drawn_and_has_its_own_seed_first(name):
    wanted = gallery.experiment(name)
    files = [figure.file for figure in results.figure_files(wanted)]
    assert len(set(files)) == len(files)
    assert wanted.recipe.name == name and wanted.seeds[0] == wanted.recipe.seed
    assert len(set(wanted.seeds)) == len(wanted.seeds)
    terms = family(wanted.recipe.model).terms
    known = {*METRICS, *(f"train_{term}" for term in terms)}
    assert {
        n if n in known else n.rpartition("_")[0] for n in wanted.published
    } <= known
    assert set(wanted.metrics) <= set(SLOW_METRICS)


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_comparison_is_of_recipes_on_the_menu(name):
    comparison = load_entry(name, COMPARISONS, "comparison")
    assert set(comparison.recipes) <= set(RECIPES) and name not in RECIPES
    assert FigureFile(comparison.figure).kind in FIGURES


@pytest.mark.parametrize("name", SWEEPS)
def test_every_sweep_varies_a_value_of_its_recipe(name):
    sweep = load_entry(name, SWEEPS, "sweep")
    assert sweep.recipe.name == name and name not in {**RECIPES, **COMPARISONS}
    for value in sweep.values:
        assert (
            getattr(sweep.recipe.replace(**{sweep.value: value}), sweep.value) == value
        )
    assert set(sweep.published) <= set(sweep.values) and sweep.metric in METRICS


@pytest.mark.parametrize("name", TRANSFERS)
def test_every_transfer_is_of_a_recipe_and_a_data_set_on_the_menus(name):
    study = load_entry(name, TRANSFERS, "transfer")
    assert name not in {**RECIPES, **COMPARISONS, **SWEEPS}
    assert study.recipe in RECIPES and study.dataset in DATASETS
    assert study.classifier in CLASSIFIERS
    assert set(study.published) <= {"accuracy", "auroc"}
    if study.specialist is not None:
        wanted = gallery.experiment(study.specialist)
        assert wanted.recipe.dataset == study.dataset
        assert {"test_error", "test_auroc"} <= set(wanted.published)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_of_recipes_and_metrics_on_the_menus(name):
    table = load_entry(name, TABLES, "table")
    assert set(table.recipes) <= set(RECIPES) and name not in {**RECIPES, **COMPARISONS}
    assert {m if m in METRICS else m.rpartition("_")[0] for m in table.metrics} <= set(
        METRICS
    )
    assert gallery.recipes_of(["vae-2d", name]) == ["vae-2d", *table.recipes]


def result(**metrics):
    """A result of as many seeds as each number has values."""
    seeds = range(len(next(iter(metrics.values()))))
    runs = [
        results.Measured(s, 1, 1.0, {}, {name: v[s] for name, v in metrics.items()})
        for s in seeds
    ]
    return results.RecipeRecord({}, runs)


def test_a_table_has_means_intervals_and_differences_from_its_first_recipe():
    table = Table(("a", "b", "c", "d"), ("mse", "fid"))
    kept = {
        "a": result(mse=[0.02, 0.021, 0.022], fid=[10.0, 12.0, 14.0]),
        "b": result(mse=[0.03, 0.031, 0.032], fid=[10.0, 10.0, 10.0]),
        "c": result(mse=[0.5]),
    }
    assert page._rows(table, kept) == [
        ("[a](#a)", "3", "0.0210 [0.0185, 0.0235]", "12.0 [7.0, 17.0]"),
        ("[b](#b)", "3", "0.0310 [0.0285, 0.0335]", "10"),
        ("[c](#c)", "1", "0.5", ""),
        ("b - a", "", "0.0100 [0.0077, 0.0123]", "-2.0 [-7.0, 3.0]"),
    ]


def test_a_transfer_stands_beside_the_network_made_for_it():
    study = TransferStudy(
        "a", "b", "c", "d", published={"accuracy": 0.5}, specialist="made-for-it"
    )
    part = {"accuracy": 0.41, "auroc": 0.8}
    kept = results.TransferRecord(
        {}, {}, ["x", "y"], {"codes": {"train": part, "test": part}}
    )
    assert page._transfer_rows(study, kept) == [
        ("codes", "41.00 %", "50.00 %", "80.00 %", "", "41.00 %", "80.00 %")
    ]
    assert page.transfer_headline(study, kept) == (
        "accuracy 41.00 % (published 50.00 %), auroc 80.00 %"
    )
    assert page._specialist_row(study, {}) == []
    published = {"test_error": 26.09, "test_auroc": 96.0}
    special = Experiment(Recipe(), "d", published)
    measured = result(test_error=[24.0, 26.0], test_auroc=[95.0, 96.0])
    assert page._specialist_row(study, {"made-for-it": (special, measured)}) == [
        (
            "[made-for-it](#made-for-it)",
            "75.00 %",
            "73.91 %",
            "95.50 %",
            "96.00 %",
            "",
            "",
        )
    ]


def test_the_committed_page_is_what_the_code_makes():
    folder = ROOT / "results"
    assert page.page(folder) == (folder / "README.md").read_text(encoding="utf-8")


def test_every_committed_picture_is_on_the_page_and_small():
    folder = ROOT / "results"
    text = (folder / "README.md").read_text(encoding="utf-8")
    limits = {".png": 1_000_000, ".gif": 3_000_000}
    files = [path for path in folder.rglob("*") if path.suffix in limits]
    for path in files:
        assert path.relative_to(folder).as_posix() in text, path
        assert path.stat().st_size < limits[path.suffix], path
    assert sum(path.stat().st_size for path in files) < 60_000_000
