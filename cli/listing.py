"""`list` and `inspect`: what there is, without waiting for Keras."""

import json
from pathlib import Path

import click

from keras_aae import registry
from keras_aae.errors import KerasAAEError

from .options import debug_option, json_option

MENUS = {
    "models": registry.MODELS,
    "networks": registry.NETWORKS,
    "datasets": registry.DATASETS,
    "priors": registry.PRIORS,
    "figures": registry.FIGURES,
    "metrics": registry.METRICS,
    "recipes": registry.RECIPES,
    "comparisons": registry.COMPARISONS,
    "sweeps": registry.SWEEPS,
    "tables": registry.TABLES,
    "transfers": registry.TRANSFERS,
}


@click.command("list")
@click.argument("what", type=click.Choice([*MENUS, "runs"]))
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
    if what == "runs":
        rows = _runs(Path(root))
    else:
        rows = [{"name": n, "help": text} for n, (_, text) in MENUS[what].items()]
    if as_json:
        click.echo(json.dumps(rows))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['help']}")
    if not rows:
        click.echo(f"No runs in {root!r}.", err=True)


def _runs(root):
    # Runs of several seeds lie together in a folder.
    found = sorted([*root.glob("*/recipe.json"), *root.glob("*/seed-*/recipe.json")])
    return [{"name": str(p.parent), "help": _describe_run(p.parent)} for p in found]


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
