"""The command `probe`: few-label classifiers on frozen codes and on pixels."""

import json

import click

from keras_aae.checks import Count, Seed

from .backend import select_backend
from .options import (
    Value,
    backend_option,
    data_dir_option,
    debug_option,
    json_option,
    other_dataset_option,
)
from .tables import print_rows


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path())
@click.option(
    "--num-labels", default=2000, type=Value(Count),
    help="Number of labeled training images. [2000]",
)  # fmt: skip
@click.option(
    "--draws", default=5, type=Value(Count),
    help="Number of random label subsets. [5]",
)  # fmt: skip
@click.option("--seed", default=0, type=Value(Seed), help="Random seed. [0]")
@other_dataset_option
@data_dir_option
@backend_option
@json_option
@debug_option
def probe(
    runs: tuple[str, ...],
    num_labels: int,
    draws: int,
    seed: int,
    dataset: str | None,
    data_dir: str | None,
    backend: str | None,
    as_json: bool,
) -> None:
    """Train few-label classifiers on the codes of RUNS and on pixels.

    Logistic regression, 5 nearest neighbors and a dense network are trained on codes of
    a few labeled training images and tested on all test images. The table shows the
    mean accuracy and the standard deviation over random label subsets; its last row is
    for the same classifiers on raw pixels.

    \b
    Example:
      keras-aae probe runs/vae_mnist_20260101-120000 --num-labels 2000
    """
    select_backend(backend)
    from keras_aae.evaluation.few_labels import encoder_of
    from keras_aae.evaluation.pixels import as_rows
    from keras_aae.evaluation.probing import probe
    from keras_aae.publishing.source import Source

    found, datasets = {}, {}
    for run in runs:
        source = Source.open(run, dataset=dataset, data_dir=data_dir)
        asked = {"draws": draws, "seed": seed}
        found[run] = probe(
            encoder_of(source.model), source.dataset, num_labels, **asked
        )
        datasets[source.dataset.fingerprint] = source.dataset
    for data in datasets.values():
        name = "pixels" if len(datasets) == 1 else f"pixels of {data.name}"
        found[name] = probe(as_rows, data, num_labels, draws=draws, seed=seed)
    if as_json:
        click.echo(json.dumps(found))
        return
    head = list(next(iter(found.values())))
    rows = [[f"accuracy, {num_labels} labels", *head]]
    rows += [[name, *map(_cell, scores.values())] for name, scores in found.items()]
    print_rows(rows)


def _cell(scores: list[float]) -> str:
    from keras_aae.evaluation.statistics import summarize

    summary = summarize([100 * score for score in scores])
    spread = "" if summary.sd is None else f" ± {summary.sd:.2f}"
    return f"{summary.mean:.2f}{spread} %"
