import contextlib
import io
import json
import os
import re
import shutil
import signal
import statistics
import sys

import numpy as np
import pytest
from keras_aae.cli.main import main
from keras_aae.cli.progress import LineReporter

from keras_aae.errors import DataError, Interrupted
from keras_aae.evaluation import codes
from keras_aae.experiments import (
    COMPARISONS,
    RECIPES,
    SWEEPS,
    TRANSFERS,
    Comparison,
    Experiment,
    Sweep,
    TransferStudy,
)
from keras_aae.losses.reconstruction import RECONSTRUCTION_LOSSES
from keras_aae.publishing import checking, gallery, page
from keras_aae.publishing.results import RecipeRecord, SweepRecord, TransferRecord
from keras_aae.recipe import Recipe
from keras_aae.registry import FIGURES, METRICS
from keras_aae.training.session import Reporter

NAMES = ("toy", "other")
USUAL = dict(METRICS)


@pytest.fixture
def put(toy_file, monkeypatch):
    """Register a quick experiment; return a function that changes it."""
    recipe = Recipe(
        model="autoencoder", dataset=str(toy_file),
        options={"latent_dim": 2, "hidden_units": [4]},
        epochs=2, batch_size=28, execution="steps",
    )  # fmt: skip

    def put(name="toy", *, figures=("reconstructions",), seeds=(0,), **changes):
        changed = recipe.replace(name=name, seed=seeds[0], **changes)
        published = {"mse": 0.5, "nll": 80.0}
        experiment = Experiment(changed, "a toy", "a paper", published, figures, seeds)
        monkeypatch.setitem(RECIPES, name, experiment)

    put()
    return put


@pytest.fixture
def change_source(monkeypatch):
    """Return a function that changes the hash of the source code."""

    def change(text):
        monkeypatch.setattr(checking, "source_hash", lambda: text)

    change("a")
    return change


@pytest.fixture(autouse=True)
def few_metrics():
    """Leave one metric in the registry, since measuring all takes long."""
    for name in USUAL:
        if name != "mse":
            del METRICS[name]
    yield
    # All at once, to restore the order of the registry.
    METRICS.clear()
    METRICS.update(USUAL)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Return a folder for the results of the first test, which the others copy."""
    return tmp_path_factory.mktemp("first")


@pytest.fixture
def made(put, change_source, first, tmp_path):
    """Provide results and a run of the toy recipe."""
    if not (first / "results").exists():
        make(first)
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    return put


def make(tmp_path, name="toy", **options):
    folders = (tmp_path / "results", tmp_path / "runs")
    made = gallery.Gallery(*folders, **options)
    made.check([name])
    return made.make(name)


def kept(tmp_path, name="toy"):
    return RecipeRecord.read(tmp_path / "results" / name / "metrics.json")


def text_of_page(tmp_path):
    return (tmp_path / "results" / "README.md").read_text(encoding="utf-8")


def runs(tmp_path):
    return sorted(path.parent.name for path in tmp_path.glob("runs/*/recipe.json"))


def times(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_results_are_figures_numbers_and_a_page(put, change_source, tmp_path):
    answer = make(tmp_path)
    folder = tmp_path / "results" / "toy"
    assert {p.name for p in folder.iterdir()} == {"metrics.json", "reconstructions.png"}
    (run,) = kept(tmp_path).runs
    assert run.seed == 0 and run.epochs == 2 and run.seconds > 0
    assert run.environment["engine"] == "tensorflow"
    mse = f"{run.metrics['mse']:.5g}"
    assert (answer.action, answer.headline) == ("trained", f"mse {mse} (published 0.5)")
    text = text_of_page(tmp_path)
    assert f"| [toy](#toy) | mse | 0.5 | {mse} | 0 | `keras-aae figures toy` |" in text
    assert "| [toy](#toy) | nll | 80 | not measured |" in text
    assert f"| mse | {mse} | 0.5 | {METRICS['mse'][1]} |" in text
    assert "keras-aae train --recipe toy" in text and "A toy." in text
    assert 'src="toy/reconstructions.png"' in text
    assert FIGURES["reconstructions"][1] in text


def test_what_is_current_is_not_made_again_even_without_its_run(made, tmp_path):
    before = times(tmp_path / "results" / "toy")
    shutil.rmtree(tmp_path / "runs")
    again = make(tmp_path)
    assert again.action == "current" and "published" in again.headline
    assert times(tmp_path / "results" / "toy") == before
    assert not runs(tmp_path)


def test_force_draws_and_measures_again_from_the_same_run(made, tmp_path):
    before, trained = times(tmp_path / "results" / "toy"), runs(tmp_path)
    assert make(tmp_path, force=True).action == "reused"
    after = times(tmp_path / "results" / "toy")
    assert all(after[name] != before[name] for name in before)
    assert runs(tmp_path) == trained


def test_a_new_figure_is_drawn_and_nothing_else(made, tmp_path):
    drawn = tmp_path / "results" / "toy" / "reconstructions.png"
    before, numbers = drawn.stat().st_mtime_ns, kept(tmp_path)
    made(figures=("reconstructions", ("reconstructions", {"n": 3})))
    assert make(tmp_path).action == "reused"
    assert drawn.with_name("reconstructions-3.png").exists()
    assert drawn.stat().st_mtime_ns == before and kept(tmp_path) == numbers


def test_a_figure_that_the_recipe_no_longer_has_is_removed(made, tmp_path):
    folder = tmp_path / "results" / "toy"
    for name in ("scatterplot.png", "morph.gif", "notes.txt"):
        (folder / name).touch()
    assert make(tmp_path).action == "current"
    assert {path.name for path in folder.iterdir()} == {
        "metrics.json", "notes.txt", "reconstructions.png"
    }  # fmt: skip


def test_what_has_changed_is_trained_anew_beside_the_old(made, tmp_path):
    made(learning_rate=0.1)
    assert make(tmp_path).action == "trained" and len(runs(tmp_path)) == 2
    assert kept(tmp_path).origins["toy"].recipe["learning_rate"] == 0.1
    made()
    assert make(tmp_path).action == "reused" and len(runs(tmp_path)) == 2


def test_another_source_that_computes_the_same_renews_the_record(
    made, change_source, tmp_path
):
    before = kept(tmp_path)
    change_source("b")
    shutil.rmtree(tmp_path / "runs")
    assert make(tmp_path).action == "current" and not runs(tmp_path)
    after = kept(tmp_path)
    assert after.origins["toy"].source == "b" and after.runs == before.runs


def test_code_that_computes_something_else_trains_anew_and_says_why(
    made, change_source, tmp_path, monkeypatch, capsys
):
    change_source("b")
    loss = RECONSTRUCTION_LOSSES["bernoulli"]
    monkeypatch.setitem(
        RECONSTRUCTION_LOSSES, "bernoulli", lambda x, logits: 1.01 * loss(x, logits)
    )
    reporter = LineReporter(quiet=True)
    assert make(tmp_path, reporter=reporter).action == "trained"
    assert len(runs(tmp_path)) == 2 and "terms: loss" in capsys.readouterr().err


def test_a_metric_added_to_the_menu_is_measured_where_the_run_exists(
    made, tmp_path, monkeypatch
):
    before = kept(tmp_path)
    name = "probe_knn_100"
    monkeypatch.setitem(METRICS, "cluster_error", USUAL["cluster_error"])
    monkeypatch.setitem(METRICS, name, ("keras_aae.evaluation.codes:few", "few"))
    monkeypatch.setattr(codes, "few", lambda *_: {name: 0.5}, raising=False)
    text = page.page(tmp_path / "results")
    assert re.search(rf"^Not measured: .*{name}", text, re.M)
    assert make(tmp_path).action == "reused"
    (run,) = kept(tmp_path).runs
    assert run.metrics[name] == 0.5 and run.unsupported == ["cluster_error"]
    assert run.metrics["mse"] == before.runs[0].metrics["mse"]
    assert make(tmp_path).action == "current"
    assert "Not measured" not in text_of_page(tmp_path)


def test_a_metric_added_to_the_menu_is_named_where_the_run_has_gone(
    made, tmp_path, monkeypatch
):
    shutil.rmtree(tmp_path / "runs")
    monkeypatch.setitem(METRICS, "probe_logistic_10000", USUAL["probe_logistic_10000"])
    assert make(tmp_path).action == "current"
    assert "Not measured: probe_logistic_10000." in text_of_page(tmp_path)


def test_a_metric_of_a_new_version_is_measured_again(made, tmp_path, monkeypatch):
    where, text = METRICS["mse"]
    monkeypatch.setitem(METRICS, "mse", (where, text, 2))
    assert "older version of the metric: mse" in page.page(tmp_path / "results")
    run_folders = tmp_path / "runs"
    run_folders.rename(tmp_path / "away")
    assert make(tmp_path).action == "current"
    assert kept(tmp_path).runs[0].versions == {}
    (tmp_path / "away").rename(run_folders)
    assert make(tmp_path).action == "reused"
    assert kept(tmp_path).runs[0].versions == {"mse": 2}
    assert make(tmp_path).action == "current"


def test_a_result_whose_data_are_not_there_is_unknown_and_kept(
    made, tmp_path, monkeypatch
):
    before = times(tmp_path / "results" / "toy")
    monkeypatch.setattr(checking, "load_data", absent)
    answer = make(tmp_path)
    assert answer.action == "unknown" and "published" in answer.headline
    assert times(tmp_path / "results" / "toy") == before


def absent(recipe, data_dir):
    raise DataError("no such file")


def test_a_value_that_recipes_have_gained_makes_nothing_stale(made, tmp_path):
    path = tmp_path / "results" / "toy" / "metrics.json"
    values = json.loads(path.read_text())
    del values["origins"]["toy"]["recipe"]["track_codes"]
    path.write_text(json.dumps(values))
    assert make(tmp_path).action == "current"


def test_numbers_of_another_format_are_stale(made, tmp_path):
    path = tmp_path / "results" / "toy" / "metrics.json"
    for content in ("", "{}", "[]", '{"recipe": {}, "metrics": {}}'):
        path.write_text(content)
        assert "## toy" not in page.page(tmp_path / "results")
        assert make(tmp_path).action == "reused"
        assert kept(tmp_path) is not None


def test_every_seed_is_trained_and_measured_once(made, tmp_path):
    shutil.rmtree(tmp_path / "runs")
    made(seeds=(0, 2))
    assert make(tmp_path).action == "trained" and len(runs(tmp_path)) == 1
    result = kept(tmp_path)
    assert [run.seed for run in result.runs] == [0, 2]
    values = [run.metrics["mse"] for run in result.runs]
    assert values[0] != values[1]
    mean, spread = statistics.fmean(values), abs(values[0] - values[1]) / 2**0.5
    assert result.values("mse") == values and result.values("nll") == []
    text = text_of_page(tmp_path)
    assert f"| 0.5 | {mean:.5g} ± {spread:.2g} | 0, 2 |" in text
    assert "Seeds 0, 2: 2 epochs in" in text
    made(seeds=(0,))
    make(tmp_path)
    assert [run.seed for run in kept(tmp_path).runs] == [0] and not runs(tmp_path)[1:]
    assert f"| 0.5 | {values[0]:.5g} | 0 |" in text_of_page(tmp_path)


class Stopping(Reporter):
    """Reporter that presses Ctrl-C after a number of epochs."""

    def __init__(self, epochs):
        self.left = epochs

    def epoch(self, row):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupted_run_goes_on_where_it_was(made, tmp_path):
    whole = kept(tmp_path).runs[0].metrics
    shutil.rmtree(tmp_path / "runs")
    (tmp_path / "results" / "toy" / "metrics.json").unlink()
    with pytest.raises(Interrupted):
        make(tmp_path, reporter=Stopping(1))
    assert make(tmp_path).action == "resumed"
    (run,) = kept(tmp_path).runs
    assert run.epochs == 2 and run.metrics == whole


def test_a_run_is_trained_for_longer_but_never_cut_short(made, tmp_path):
    made(epochs=3)
    assert make(tmp_path).action == "resumed" and len(runs(tmp_path)) == 1
    assert kept(tmp_path).runs[0].epochs == 3
    made(epochs=1)
    assert make(tmp_path).action == "trained" and len(runs(tmp_path)) == 2
    assert kept(tmp_path).runs[0].epochs == 1


def test_pictures_stand_in_pairs_and_wide_ones_alone(made, tmp_path):
    names = ("reconstructions", "scatterplot", "interpolation", "learning-curves")
    made(figures=names)
    make(tmp_path)
    rows = [line for line in text_of_page(tmp_path).splitlines() if "<img" in line]
    assert [row.count("<img") for row in rows] == [1, 2, 1]
    assert [row.count('width="840"') for row in rows] == [1, 0, 1]


def test_comparisons_are_drawn_of_runs_and_only_once(made, tmp_path, monkeypatch):
    made("other", options={"latent_dim": 3, "hidden_units": [4]})
    both = Comparison("both", "two toys", "reconstruction-strips", NAMES)
    monkeypatch.setitem(COMPARISONS, "both", both)
    assert gallery.names_to_make(["toy"]) == ["toy"]
    assert gallery.names_to_make(NAMES) == [*NAMES, "both"]
    assert make(tmp_path, "both").action == "trained"
    assert (tmp_path / "results" / "comparisons" / "both.png").exists()
    assert "comparisons/both.png" in text_of_page(tmp_path)
    assert "Two toys. Recipes: [toy](#toy), [other](#other)" in text_of_page(tmp_path)
    (other,) = (path for path in tmp_path.glob("runs/other-*/"))
    shutil.rmtree(other)
    assert make(tmp_path, "both").action == "current" and len(runs(tmp_path)) == 1
    made("other", options={"latent_dim": 2, "hidden_units": [5]})
    assert make(tmp_path, "both").action == "trained" and len(runs(tmp_path)) == 2


def test_a_sweep_is_measured_once_and_goes_on_where_it_was(
    made, toy_file, tmp_path, monkeypatch
):
    recipe = RECIPES["toy"].recipe.replace(name="widths")
    sweep = Sweep(
        recipe, "a sweep", "epochs", (1, 2), "mse", "a paper", {1: 0.2}, seeds=(0, 1)
    )
    monkeypatch.setitem(SWEEPS, "widths", sweep)
    assert make(tmp_path, "widths").action == "trained"
    folder = tmp_path / "results" / "sweeps"
    kept = SweepRecord.read(folder / "widths.json")
    assert {value: list(kept.numbers[value]) for value in "12"} == {
        "1": ["0", "1"], "2": ["0", "1"],
    }  # fmt: skip
    text = text_of_page(tmp_path)
    assert "sweeps/widths.png" in text and "| 1 | " in text and " | 0.2 | 2 |" in text
    before = times(folder)
    assert make(tmp_path, "widths").action == "current" and times(folder) == before
    values = json.loads((folder / "widths.json").read_text())
    first = values["numbers"]["2"].pop("1")
    (folder / "widths.json").write_text(json.dumps(values))
    assert make(tmp_path, "widths").action in ("reused", "resumed", "trained")
    assert SweepRecord.read(folder / "widths.json").numbers["2"]["1"] == first


@pytest.fixture
def put_transfer(made, toy_file, monkeypatch):
    """Register a transfer study of the toy on its own images."""

    def put(**changes):
        values = {
            "name": "moved", "about": "a study", "recipe": "toy", "dataset": str(toy_file), "classifier": "logistic",
            "source": "a paper", "published": {"accuracy": 0.25},
        }  # fmt: skip
        monkeypatch.setitem(TRANSFERS, "moved", TransferStudy(**values | changes))

    put()
    return put


def test_a_transfer_is_numbers_and_two_pictures_made_once(put_transfer, tmp_path):
    answer, folder = make(tmp_path, "moved"), tmp_path / "results" / "transfers"
    assert set(times(folder)) == {
        "moved.json", "moved-confusion.png", "moved-guesses.png"
    }  # fmt: skip
    found = TransferRecord.read(folder / "moved.json")
    assert list(found.numbers) == ["codes", "untrained", "pixels", "chance"]
    assert found.classes == list("0123") and found.numbers["chance"]["test"] == {
        "accuracy": 0.25, "auroc": 0.5
    }  # fmt: skip
    codes = found.numbers["codes"]["test"]
    assert np.trace(codes["confusion"]) == pytest.approx(14 * codes["accuracy"])
    accuracy = f"{100 * codes['accuracy']:.2f} %"
    assert answer.headline.startswith(
        f"accuracy {accuracy} (published 25.00 %), auroc "
    )
    text = text_of_page(tmp_path)
    assert (
        f"| codes | {accuracy} | 25.00 % | " in text and "| chance | 25.00 % |" in text
    )
    assert 'src="transfers/moved-confusion.png"' in text
    assert 'src="transfers/moved-guesses.png"' in text
    before = times(folder)
    assert make(tmp_path, "moved").action == "current" and times(folder) == before


def test_a_transfer_is_made_again_if_its_origin_or_settings_or_pictures_change(
    put_transfer, made, tmp_path
):
    make(tmp_path, "moved")
    folder = tmp_path / "results" / "transfers"
    (folder / "moved-guesses.png").unlink()
    assert "moved-confusion.png" not in page.page(tmp_path / "results")
    assert make(tmp_path, "moved").action == "reused"
    put_transfer(published={"accuracy": 0.5})
    assert make(tmp_path, "moved").action == "current"
    put_transfer(classes=("1", "3"), baselines=False)
    assert make(tmp_path, "moved").action == "reused"
    found = TransferRecord.read(folder / "moved.json")
    assert found.classes == ["1", "3"] and list(found.numbers) == ["codes", "chance"]
    assert make(tmp_path, "moved").action == "current"
    made(learning_rate=0.1)
    assert make(tmp_path, "moved").action == "trained"


def ticked(tmp_path, *pointers):
    """Return the check mark and the results cell of a row with these pointers."""
    inner = ", ".join(
        "{ " + ", ".join(f'{key} = "{value}"' for key, value in pointer.items()) + " }"
        for pointer in pointers
    )
    path = tmp_path / "results" / "checklist.toml"
    path.write_text(f'Toys = [[1, "a toy", [{inner}]]]')
    (row,) = re.findall(
        r"^\| (✓?) \| 1 \| a toy \| (.*) \|$", page.page(path.parent), re.M
    )
    return row


@pytest.mark.parametrize(
    "missing",
    [
        {"recipe": "toy", "figure": "samples"},
        {"recipe": "toy", "metric": "nll"},
        {"recipe": "other", "metric": "mse"},
        {"comparison": "posteriors"},
        {"sweep": "label-curve"},
        {"transfer": "cifar10-transfer"},
        {"file": "no/such/file.py"},
    ],
)
def test_a_row_of_the_checklist_is_ticked_if_all_it_points_to_is_there(
    made, tmp_path, missing
):
    metric = {"recipe": "toy", "metric": "mse"}
    figure = {"recipe": "toy", "figure": "reconstructions"}
    tick, cell = ticked(tmp_path, metric, figure, {"file": "results/checklist.toml"})
    assert tick and "toy/reconstructions.png" in cell
    assert f"mse {kept(tmp_path).values('mse')[0]:.5g}" in cell
    assert "(../results/checklist.toml)" in cell
    tick, cell = ticked(tmp_path, metric, missing)
    assert not tick and ": ".join(missing.values()) in cell
    (tmp_path / "results" / "toy" / "reconstructions.png").unlink()
    assert not ticked(tmp_path, figure)[0]


def command(tmp_path, *args):
    """Run the command in this process; return its exit code and output."""
    folders = ["--results", tmp_path / "results", "--runs", tmp_path / "runs"]
    out = io.StringIO()
    argv = ["keras-aae", "figures", *args, *folders]
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
        patch.setattr(sys, "argv", list(map(str, argv)))
        try:
            main()
            return 0, out.getvalue()
        except SystemExit as stop:
            return stop.code, out.getvalue()


def test_the_command_tells_a_line_a_recipe(made, tmp_path):
    made("vae-2d")
    code, out = command(tmp_path, "vae-2d")
    assert code == 0
    mse = statistics.fmean(kept(tmp_path, "vae-2d").values("mse"))
    assert re.fullmatch(
        rf"vae-2d  trained   +\d+ s   mse {mse:.5g} \(published 0.5\)\n", out
    )
    assert command(tmp_path, "vae-2d")[1].startswith("vae-2d  current  ")


def test_the_command_goes_on_after_ctrl_c(made, tmp_path, monkeypatch):
    made("vae-2d")
    with monkeypatch.context() as patch:
        stop = lambda reporter, row: os.kill(os.getpid(), signal.SIGINT)  # noqa: E731
        patch.setattr(LineReporter, "epoch", stop)
        assert command(tmp_path, "vae-2d") == (130, "")
    code, out = command(tmp_path, "vae-2d")
    assert code == 0 and out.startswith("vae-2d  resumed")
