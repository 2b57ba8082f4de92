"""`evaluate`."""

import json

import click

from cli.backend import select_backend
from cli.options import (
    backend_option,
    data_dir_option,
    dataset_option,
    debug_option,
    json_option,
)
from cli.tables import print_metrics


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path())
@dataset_option
@data_dir_option
@backend_option
@json_option
@debug_option
def evaluate(runs, dataset, data_dir, backend, as_json):
    r"""Measure RUNS, run folders or .keras files, on their test images.

    `keras-aae list metrics` says what each number is.

    \b
    Example:
      keras-aae evaluate runs/vae_mnist_20260101-120000
      keras-aae evaluate runs/first runs/second --json
    """
    select_backend(backend)
    from keras_aae.source import Source, evaluate_source

    results = {}
    for run in runs:
        source = Source.open(run, dataset=dataset, data_dir=data_dir)
        results[run] = evaluate_source(source)
    if as_json:
        click.echo(json.dumps(results))
    else:
        print_metrics(results)
