"""`list` and `inspect`: what there is, without waiting for Keras."""

import json
from pathlib import Path

import click

from keras_aae import experiments, registry
from keras_aae.errors import KerasAAEError

from .options import debug_option, json_option

PARTS = {
    "models": registry.MODELS,
    "networks": registry.NETWORKS,
    "datasets": registry.DATASETS,
    "priors": registry.PRIORS,
    "figures": registry.FIGURES,
    "metrics": registry.METRICS,
}
EXPERIMENTS = {
    "recipes": experiments.RECIPES,
    "comparisons": experiments.COMPARISONS,
    "sweeps": experiments.SWEEPS,
    "tables": experiments.TABLES,
    "transfers": experiments.TRANSFERS,
}


@click.command("list")
@click.argument("what", type=click.Choice([*PARTS, *EXPERIMENTS, "runs"]))
@click.option(
    "--root", default="runs", type=click.Path(), help="Folder of the runs. [runs]"
)
@json_option
@debug_option
def list_(what, root, as_json):
    """List what is on a menu, or the runs of a folder.

    \b
    Example:
      keras-aae list metrics
    """
    rows = [{"name": name, "help": text} for name, text in _entries(what, root)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['help']}")
    if not rows:
        click.echo(f"No runs in {root!r}.", err=True)


def _entries(what, root):
    """Names with their lines of help."""
    if what in PARTS:
        return [(name, entry[1]) for name, entry in PARTS[what].items()]
    if what in EXPERIMENTS:
        return [(name, entry.about) for name, entry in EXPERIMENTS[what].items()]
    return _runs(Path(root))


def _runs(root):
    # Runs of several seeds lie together in a folder.
    found = sorted([*root.glob("*/recipe.json"), *root.glob("*/seed-*/recipe.json")])
    return [(str(path.parent), _describe_run(path.parent)) for path in found]


def _describe_run(path):
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
def inspect(file, as_json):
    """Say what is in FILE, a .keras file, without loading it.

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


def _lines(facts: dict):
    """The facts as text, a line a layer."""
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
