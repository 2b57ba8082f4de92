"""`export`."""

from typing import Any

import click

from keras_aae.checks import Count, Seed
from keras_aae.registry import FIGURES

from .backend import select_backend
from .options import (
    Assignment,
    Name,
    Value,
    backend_option,
    data_dir_option,
    dataset_option,
    debug_option,
)


@click.command()
@click.argument("kind", type=Name(FIGURES, "figure"))
@click.argument("runs", nargs=-1, type=click.Path())
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False),
    help="File to write, .png, .svg or .pdf, of animations .gif. "
    "[default: RUN/figures/KIND.png]",
)  # fmt: skip
@click.option("--count", "n", type=Value(Count), help="Images, points or rows.")
@click.option("--extent", type=float, help="The sweep goes from -EXTENT to EXTENT.")
@click.option(
    "--spacing",
    type=click.Choice(["linear", "quantile", "prior", "codes"]),
    help="Of the sweep. [default: where the prior or the codes lie]",
)
@click.option(
    "--sampler",
    type=click.Choice(["prior", "gmm"]),
    help="Of samples: the prior, or Gaussians fitted to the codes. [default: prior]",
)
@click.option(
    "--set", "settings", type=Assignment(), multiple=True,
    help="Another option of the figure, for example threshold=0.3.",
)  # fmt: skip
@click.option(
    "--untrained", is_flag=True, help="The model as it was before its training."
)
@click.option("--seed", type=Value(Seed), help="[default: the recipe's]")
@dataset_option
@data_dir_option
@backend_option
@debug_option
def export(
    kind: str,
    runs: tuple[str, ...],
    output: str | None,
    seed: int | None,
    untrained: bool,
    settings: tuple[tuple[str, Any], ...],
    dataset: str | None,
    data_dir: str | None,
    backend: str | None,
    **options: Any,
) -> None:
    """Draw a figure of RUNS, a run folder or a .keras file; several to compare them.

    \b
    Example:
      keras-aae export latent-sweep runs/vae_mnist_20260101-120000 -o sweep.pdf
      keras-aae export samples model.keras -o samples.png --count 64
      keras-aae export thresholded runs/lines --set threshold=0.3
      keras-aae export gumbel -o gumbel.png
      keras-aae export reconstruction-strips runs/first runs/second -o strips.png
    """
    select_backend(backend)
    from keras_aae.figures.menu import check_options, stands_alone
    from keras_aae.publishing.source import Source, export_comparison

    options = {key: value for key, value in options.items() if value is not None}
    options |= dict(settings)
    check_options(kind, options)
    if not runs and not stands_alone(kind):
        raise click.UsageError(f"Missing argument 'RUNS...': {kind} is of a model.")
    sources = [Source.open(run, dataset=dataset, data_dir=data_dir) for run in runs]
    click.echo(
        export_comparison(
            kind, sources, output, seed=seed, untrained=untrained, **options
        )
    )
