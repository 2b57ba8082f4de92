"""The command `figures`."""

from pathlib import Path

import click

from keras_aae.experiments import COMPARISONS, RECIPES, SWEEPS, TABLES, TRANSFERS

from .backend import select_backend
from .options import Name, backend_option, data_dir_option, debug_option


@click.command()
@click.argument(
    "names",
    nargs=-1,
    type=Name({**RECIPES, **COMPARISONS, **SWEEPS, **TRANSFERS, **TABLES}, "recipe"),
)
@click.option(
    "--all", "everything", is_flag=True, help="Make all recipes, slow ones included."
)
@click.option("--force", is_flag=True, help="Redraw and re-evaluate existing results.")
@click.option(
    "--results", default="results", type=click.Path(),
    help="Folder of the results page. [results]",
)  # fmt: skip
@click.option(
    "--runs", default="runs/recipes", type=click.Path(),
    help="Folder of the run folders. [runs/recipes]",
)  # fmt: skip
@data_dir_option
@backend_option
@debug_option
def figures(
    names: tuple[str, ...],
    everything: bool,
    force: bool,
    results: str,
    runs: str,
    data_dir: str | None,
    backend: str | None,
) -> None:
    """Reproduce results: train what is missing or outdated.

    Writes pictures and metrics to the results page. A RECIPE is the name of a recipe,
    sweep, transfer, comparison or table; without one, the default set is made.
    Comparisons are added when all of their recipes are selected. Rerun the command to
    resume after an interruption.

    \b
    Example:
      keras-aae figures vae-2d
    """
    select_backend(backend)
    from keras_aae.publishing.gallery import Gallery, names_to_make

    from .progress import reporting

    chosen = names_to_make(names, everything)
    width = max(map(len, chosen))
    with reporting(quiet=True) as reporter:
        gallery = Gallery(Path(results), Path(runs), force, data_dir, reporter)
        gallery.check(chosen)
        for name in chosen:
            made = gallery.make(name)
            reporter.stop()
            line = f"{made.action:<8} {made.seconds:>5.0f} s   {made.headline}"
            click.echo(f"{name:<{width}}  {line}".rstrip())
