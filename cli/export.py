"""`export`."""

import click

from cli.backend import select_backend
from cli.options import (
    Name,
    backend_option,
    data_dir_option,
    dataset_option,
    debug_option,
    run_argument,
)
from keras_aae.registry import FIGURES


@click.command()
@click.argument("kind", type=Name(FIGURES, "figure"))
@run_argument
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False),
    help="File to write, .png, .svg or .pdf. [default: RUN/figures/KIND.png]",
)  # fmt: skip
@click.option(
    "--count", "n", type=click.IntRange(min=1), help="Images, points or rows."
)
@click.option("--extent", type=float, help="The sweep goes from -EXTENT to EXTENT.")
@click.option(
    "--spacing", type=click.Choice(["linear", "quantile"]), help="Of the sweep."
)
@click.option("--seed", type=click.IntRange(min=0), help="[default: the recipe's]")
@dataset_option
@data_dir_option
@backend_option
@debug_option
def export(kind, run, output, seed, dataset, data_dir, backend, **options):
    r"""Draw a figure of RUN, a run folder or a .keras file.

    \b
    Example:
      keras-aae export latent-sweep runs/vae_mnist_20260101-120000 -o sweep.pdf
      keras-aae export samples model.keras -o samples.png --count 64
    """
    select_backend(backend)
    from keras_aae.source import Source, export_figure

    source = Source.open(run, dataset=dataset, data_dir=data_dir)
    options = {key: value for key, value in options.items() if value is not None}
    click.echo(export_figure(kind, source, output, seed=seed, **options))
