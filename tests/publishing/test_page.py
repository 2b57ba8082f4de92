"""Parts of the results page: registries, checklist and the committed folder."""

from pathlib import Path

import pytest

from keras_aae.evaluation.transferring import CLASSIFIERS
from keras_aae.experiments import (
    COMPARISONS,
    RECIPES,
    SWEEPS,
    TABLES,
    TRANSFERS,
    Experiment,
    Table,
    TransferStudy,
)
from keras_aae.publishing import gallery, page, sections
from keras_aae.publishing.checklist import read_checklist
from keras_aae.publishing.figure_file import FigureFile, figure_files
from keras_aae.publishing.results import RecipeRecord, SeedResult, TransferRecord
from keras_aae.recipe import Recipe
from keras_aae.registry import DATASETS, FIGURES, METRICS, SLOW_METRICS
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
    return [row for group in read_checklist(ROOT / "results").values() for row in group]


def test_the_checklist_has_every_row_in_order():
    numbers = [number for number, *_ in rows_of_the_checklist()]
    assert numbers == sorted(numbers) and set(numbers) == set(range(1, 99))


def test_the_checklist_points_to_what_is_on_the_menus():
    pointers = [pointer for *_, where in rows_of_the_checklist() for pointer in where]
    assert [pointer for pointer in pointers if not is_on_a_menu(pointer)] == []


def is_on_a_menu(pointer):
    match pointer:
        case {"recipe": name, "figure": figure}:
            return figure in [drawn.name for drawn in figure_files(RECIPES[name])]
        case {"recipe": name, "metric": metric}:
            known = known_numbers(RECIPES[name])
            return metric in known or metric.rpartition("_")[0] in METRICS
        case {"comparison": name}:
            return name in COMPARISONS
        case {"sweep": name}:
            return name in SWEEPS
        case {"transfer": name}:
            return name in TRANSFERS
        case {"file": file}:
            return (ROOT / file).is_file()
    return False


def known_numbers(experiment):
    terms = family(experiment.recipe.model).terms
    return {*METRICS, *(f"train_{term}" for term in terms)}


@pytest.mark.parametrize("name", RECIPES)
def test_every_experiment_can_be_drawn_and_has_its_own_seed_first(name):
    wanted = RECIPES[name]
    files = [figure.file for figure in figure_files(wanted)]
    assert len(set(files)) == len(files)
    assert wanted.name == name and wanted.seeds[0] == wanted.recipe.seed
    assert len(set(wanted.seeds)) == len(wanted.seeds)
    known = known_numbers(wanted)
    assert {
        n if n in known else n.rpartition("_")[0] for n in wanted.published
    } <= known
    assert set(wanted.metrics) <= set(SLOW_METRICS)


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_comparison_is_of_recipes_on_the_menu(name):
    comparison = COMPARISONS[name]
    assert set(comparison.recipes) <= set(RECIPES) and name not in RECIPES
    assert FigureFile(comparison.figure).kind in FIGURES


@pytest.mark.parametrize("name", SWEEPS)
def test_every_sweep_varies_a_value_of_its_recipe(name):
    sweep = SWEEPS[name]
    assert sweep.recipe.name == name and name not in {**RECIPES, **COMPARISONS}
    for value in sweep.values:
        assert (
            getattr(sweep.recipe.replace(**{sweep.value: value}), sweep.value) == value
        )
    assert set(sweep.published) <= set(sweep.values) and sweep.metric in METRICS


@pytest.mark.parametrize("name", TRANSFERS)
def test_every_transfer_is_of_a_recipe_and_a_data_set_on_the_menus(name):
    study = TRANSFERS[name]
    assert name not in {**RECIPES, **COMPARISONS, **SWEEPS}
    assert study.recipe in RECIPES and study.dataset in DATASETS
    assert study.classifier in CLASSIFIERS
    assert set(study.published) <= {"accuracy", "auroc"}
    if study.specialist is not None:
        wanted = RECIPES[study.specialist]
        assert wanted.recipe.dataset == study.dataset
        assert {"test_error", "test_auroc"} <= set(wanted.published)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_of_recipes_and_metrics_on_the_menus(name):
    table = TABLES[name]
    assert set(table.recipes) <= set(RECIPES) and name not in {**RECIPES, **COMPARISONS}
    assert {m if m in METRICS else m.rpartition("_")[0] for m in table.metrics} <= set(
        METRICS
    )
    made = gallery.names_to_make(["vae-2d", name])
    assert made[: 1 + len(table.recipes)] == ["vae-2d", *table.recipes]


def test_the_default_set_is_part_of_everything_and_tables_are_their_recipes():
    usual, everything = gallery.names_to_make(), gallery.names_to_make((), True)
    assert set(usual) < set(everything)
    assert set(everything) == {*RECIPES, *COMPARISONS, *SWEEPS, *TRANSFERS}
    assert "vae-2d" in usual and "gumbel" in usual and "sen-mnist" not in usual


def record(**metrics):
    """Return a record with one seed per value of each metric."""
    seeds = range(len(next(iter(metrics.values()))))
    runs = [
        SeedResult(s, 1, 1.0, {}, {name: v[s] for name, v in metrics.items()})
        for s in seeds
    ]
    return RecipeRecord({}, runs)


def rows(section):
    """Return the rows of a section's table, without its header."""
    (table,) = (part for part in section if part.startswith("|"))
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()[2:]
    ]


def test_a_table_has_means_intervals_and_differences_from_its_first_recipe():
    table = Table("t", "a table", ("a", "b", "c", "d"), ("mse", "fid"))
    records = {
        "a": record(mse=[0.02, 0.021, 0.022], fid=[10.0, 12.0, 14.0]),
        "b": record(mse=[0.03, 0.031, 0.032], fid=[10.0, 10.0, 10.0]),
        "c": record(mse=[0.5]),
    }
    assert rows(sections.of_table(table, records)) == [
        ["[a](#a)", "3", "0.0210 [0.0185, 0.0235]", "12.0 [7.0, 17.0]"],
        ["[b](#b)", "3", "0.0310 [0.0285, 0.0335]", "10"],
        ["[c](#c)", "1", "0.5", ""],
        ["b - a", "", "0.0100 [0.0077, 0.0123]", "-2.0 [-7.0, 3.0]"],
    ]
    assert sections.of_table(table, {}) == []


def test_a_transfer_stands_beside_the_network_made_for_it(monkeypatch):
    study = TransferStudy(
        "t", "a study", "a", "b", "c", "d",
        published={"accuracy": 0.5}, specialist="made-for-it",
    )  # fmt: skip
    part = {"accuracy": 0.41, "auroc": 0.8}
    numbers = {"codes": {"train": part, "test": part}}
    kept = TransferRecord({}, {}, ["x", "y"], numbers)
    codes = ["codes", "41.00 %", "50.00 %", "80.00 %", "", "41.00 %", "80.00 %"]
    assert rows(sections.of_transfer(study, kept, {})) == [codes]
    assert sections.transfer_headline(study, kept) == (
        "accuracy 41.00 % (published 50.00 %), auroc 80.00 %"
    )
    published = {"test_error": 26.09, "test_auroc": 96.0}
    special = Experiment(Recipe(name="made-for-it"), "a network", "d", published)
    monkeypatch.setitem(RECIPES, "made-for-it", special)
    measured = record(test_error=[24.0, 26.0], test_auroc=[95.0, 96.0])
    link = "[made-for-it](#made-for-it)"
    assert rows(sections.of_transfer(study, kept, {"made-for-it": measured})) == [
        codes,
        [link, "75.00 %", "73.91 %", "95.50 %", "96.00 %", "", ""],
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
