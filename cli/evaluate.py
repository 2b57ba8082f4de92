"""The command `evaluate`."""

import json

import click

from keras_aae.registry import METRICS

from .backend import select_backend
from .options import (
    Name,
    backend_option,
    data_dir_option,
    debug_option,
    json_option,
    other_dataset_option,
)
from .tables import STYLES, print_metrics


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path())
@click.option(
    "--also", type=Name(METRICS, "metric"), multiple=True,
    help="Also compute this slow metric, e.g. nll_5000_binarized. Repeatable.",
)  # fmt: skip
@click.option(
    "--table", type=click.Choice(list(STYLES)), default="text",
    help="Format of the table. [text]",
)  # fmt: skip
@other_dataset_option
@data_dir_option
@backend_option
@json_option
@debug_option
def evaluate(
    runs: tuple[str, ...],
    also: tuple[str, ...],
    table: str,
    dataset: str | None,
    data_dir: str | None,
    backend: str | None,
    as_json: bool,
) -> None:
    """Evaluate RUNS, run folders or .keras files, on their test images.

    `keras-aae list metrics` describes each metric.

    \b
    Example:
      keras-aae evaluate runs/vae_mnist_20260101-120000
      keras-aae evaluate runs/first runs/second --json
      keras-aae evaluate runs/first runs/second --table markdown
    """
    select_backend(backend)
    from keras_aae.publishing.source import Source, evaluate_source

    results = {}
    for run in runs:
        source = Source.open(run, dataset=dataset, data_dir=data_dir)
        results[run] = evaluate_source(source, also)
    if as_json:
        click.echo(json.dumps(results))
    else:
        print_metrics(results, table)
