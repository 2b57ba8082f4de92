"""The commands `list` and `inspect`, which do not import Keras."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from keras_aae import experiments, registry
from keras_aae.errors import KerasAAEError

from .options import debug_option, json_option

PARTS: dict[str, dict[str, Any]] = {
    "models": registry.MODELS,
    "networks": registry.NETWORKS,
    "datasets": registry.DATASETS,
    "priors": registry.PRIORS,
    "figures": registry.FIGURES,
    "metrics": registry.METRICS,
}
EXPERIMENTS: dict[str, dict[str, Any]] = {
    "recipes": experiments.RECIPES,
    "comparisons": experiments.COMPARISONS,
    "sweeps": experiments.SWEEPS,
    "tables": experiments.TABLES,
    "transfers": experiments.TRANSFERS,
}


@click.command("list")
@click.argument("what", type=click.Choice([*PARTS, *EXPERIMENTS, "runs"]))
@click.option(
    "--root",
    default="runs",
    type=click.Path(),
    help="Folder that holds the runs. [runs]",
)
@json_option
@debug_option
def list_(what: str, root: str, as_json: bool) -> None:
    """List available parts and recipes, or the runs in a folder.

    \b
    Example:
      keras-aae list metrics
      keras-aae list runs --root experiments/
    """
    rows = [{"name": name, "help": text} for name, text in _entries(what, root)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['help']}")
    if not rows:
        click.echo(f"No runs in {root!r}. Give another folder with --root.", err=True)


def _entries(what: str, root: str) -> list[tuple[str, str]]:
    if what in PARTS:
        return [(name, entry[1]) for name, entry in PARTS[what].items()]
    if what in EXPERIMENTS:
        return [(name, entry.about) for name, entry in EXPERIMENTS[what].items()]
    return _runs(Path(root))


def _runs(root: Path) -> list[tuple[str, str]]:
    # `train --seeds` puts its runs one folder deeper.
    found = sorted([*root.glob("*/recipe.json"), *root.glob("*/seed-*/recipe.json")])
    return [(str(path.parent), _describe_run(path.parent)) for path in found]


def _describe_run(path: Path) -> str:
    from keras_aae.runs.folder import RunFolder

    try:
        run = RunFolder(path)
        recipe, done = run.recipe, len(run.history)
    except KerasAAEError as error:
        return str(error)
    model = "" if run.model_path.exists() else ", no model yet"
    epochs = f"{done} of {recipe.epochs} epochs"
    return f"{recipe.name} on {recipe.dataset}, {epochs}{model}"


@click.command()
@click.argument("file", type=click.Path())
@json_option
@debug_option
def inspect(file: str, as_json: bool) -> None:
    """Show the contents of FILE, a .keras file, without loading it.

    \b
    Example:
      keras-aae inspect runs/vae_mnist_20260101-120000/model.keras
    """
    from keras_aae.model_files.inspection import inspect_model

    facts = inspect_model(file)
    if as_json:
        click.echo(json.dumps(facts))
        return
    for line in _lines(facts):
        click.echo(line)


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        if name == "networks":
            for network, part in value.items():
                yield f"{network}: {part['parameters']:,} parameters"
                for layer in part["layers"]:
                    settings = "".join(
                        f"  {k}={v}" for k, v in layer["settings"].items()
                    )
                    yield f"  {layer['class']} {layer['name']}{settings}"
        elif isinstance(value, list):
            yield f"{name}: {', '.join(map(str, value)) or 'none'}"
        elif value is not None:
            yield f"{name}: {value}"
