"""The results page: recipes trained once, their figures and numbers kept in a folder."""

import json
from pathlib import Path

from keras_aae import training
from keras_aae.registry import METRICS, RECIPES, load_entry
from keras_aae.runs.files import write_json, write_text
from keras_aae.runs.folder import RunFolder
from keras_aae.runs.session import Reporter
from keras_aae.source import Source, evaluate_source, export_figure


def default_set() -> list[str]:
    """The recipes that are drawn if none is named."""
    return [name for name in RECIPES if _experiment(name).quick]


def make_results(
    name: str,
    results,
    runs,
    *,
    force: bool = False,
    data_dir=None,
    reporter: Reporter | None = None,
) -> Path:
    """Train a recipe, or reuse or resume its run, and draw it into RESULTS/NAME.

    A run folder carries the fingerprint of its recipe, so a changed recipe is trained
    anew and nothing is overwritten.

    Args:
        name: A key of `registry.RECIPES`.
        results: Folder of the results page.
        runs: Folder of the runs.
        force: Draw and measure again what is there.
        data_dir: Where to look for data first.
        reporter: Is told of a training.

    Returns:
        The folder with the figures and metrics.json.
    """
    experiment, target = _experiment(name), Path(results) / name
    run = _run(experiment.recipe, Path(runs), data_dir, reporter or Reporter())
    if force or not _is_current(target, run, experiment):
        target.mkdir(parents=True, exist_ok=True)
        source = Source.open(run.path, data_dir=data_dir)
        for kind in experiment.figures:
            export_figure(kind, source, target / f"{kind}.png")
        metrics = evaluate_source(source)
        recipe = run.recipe.to_dict()
        write_json(target / "metrics.json", {"recipe": recipe, "metrics": metrics})
    write_text(Path(results) / "README.md", page(results))
    return target


def _experiment(name):
    return load_entry(name, RECIPES, "recipe")


def _run(recipe, runs, data_dir, reporter) -> RunFolder:
    path = runs / f"{recipe.name}-{recipe.fingerprint[:8]}"
    if not (path / "recipe.json").exists():
        return training.train(recipe, path, data_dir=data_dir, reporter=reporter)
    run = RunFolder(path)
    if run.model_path.exists() and run.recipe.epochs == recipe.epochs:
        return run
    return training.resume(
        path, epochs=recipe.epochs, data_dir=data_dir, reporter=reporter
    )


def _is_current(target, run, experiment) -> bool:
    try:
        kept = json.loads((target / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    drawn = all((target / f"{kind}.png").exists() for kind in experiment.figures)
    return drawn and kept["recipe"] == run.recipe.to_dict()


def page(results) -> str:
    """The results page: figures and numbers of every recipe that has some."""
    parts = [
        "# Results",
        "Made by `make figures`; every number is measured on the test images. Seeds and "
        "commands stand beside them.",
    ]
    for name in RECIPES:
        path = Path(results) / name / "metrics.json"
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            parts += _section(name, _experiment(name), kept)
    return "\n\n".join(parts) + "\n"


def _section(name, experiment, kept):
    recipe = kept["recipe"]
    rows = ["| metric | ours | published | |", "|---|---|---|---|"]
    for metric, value in kept["metrics"].items():
        published = experiment.published.get(metric)
        text = "" if published is None else f"{published:.2f}"
        rows.append(f"| {metric} | {value:.4f} | {text} | {METRICS[metric][1]} |")
    figures = [f"![{kind} of {name}]({name}/{kind}.png)" for kind in experiment.figures]
    return [
        f"## {name}",
        f"{RECIPES[name][1]}. Published numbers: {experiment.source}.",
        f"`keras-aae train --recipe {name}` · seed {recipe['seed']} · "
        f"{recipe['epochs']} epochs · {recipe['backend']}",
        "\n".join(rows),
        *figures,
    ]
