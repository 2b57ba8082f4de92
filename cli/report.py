"""The command `report`."""

import click

from .backend import select_backend
from .options import backend_option, data_dir_option, debug_option


@click.command()
@click.argument("run", type=click.Path())
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False),
    help="File to write. [default: RUN/report.html]",
)  # fmt: skip
@data_dir_option
@backend_option
@debug_option
def report(
    run: str, output: str | None, data_dir: str | None, backend: str | None
) -> None:
    """Write a self-contained HTML report of RUN.

    The report holds the metrics with explanations, learning curves, figures (exported
    ones included), the recipe, the command to reproduce the run, and its environment.

    \b
    Example:
      keras-aae report runs/vae_mnist_20260101-120000
    """
    select_backend(backend)
    from keras_aae.publishing.html_report import write_report
    from keras_aae.publishing.source import Source

    click.echo(str(write_report(Source.open(run, data_dir=data_dir), output)))
