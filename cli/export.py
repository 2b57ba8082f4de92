"""The command `export`."""

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
    debug_option,
    other_dataset_option,
)


@click.command()
@click.argument("kind", type=Name(FIGURES, "figure"))
@click.argument("runs", nargs=-1, type=click.Path())
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False),
    help="File to write: .png, .svg or .pdf; .gif for animations. "
    "[default: RUN/figures/FIGURE.png]",
)  # fmt: skip
@click.option(
    "--count", "n", type=Value(Count), help="Number of images, points or rows."
)
@click.option("--extent", type=float, help="Range of the grid: -EXTENT to EXTENT.")
@click.option(
    "--spacing",
    type=click.Choice(["linear", "quantile", "prior", "codes"]),
    help="Spacing of the grid. [default: chosen from the prior or the codes]",
)
@click.option(
    "--sampler",
    type=click.Choice(["prior", "gmm"]),
    help="Source of sampled codes: the prior, or ten Gaussians fitted to the codes. "
    "[default: prior]",
)
@click.option(
    "--set", "settings", type=Assignment(), multiple=True,
    help="Any other option of the figure, e.g. threshold=0.3. Repeatable.",
)  # fmt: skip
@click.option("--untrained", is_flag=True, help="Use the weights from before training.")
@click.option("--seed", type=Value(Seed), help="Random seed. [default: the recipe's]")
@other_dataset_option
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
    """Draw a figure of RUNS, which are run folders or .keras files.

    Figures that compare models take several RUNS. `keras-aae list figures` lists all.

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
        raise click.UsageError(
            f"Missing argument 'RUNS...'. Figure {kind!r} needs at least one run."
        )
    sources = [Source.open(run, dataset=dataset, data_dir=data_dir) for run in runs]
    click.echo(
        export_comparison(
            kind, sources, output, seed=seed, untrained=untrained, **options
        )
    )
