"""`figures`."""

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
    "--all", "everything", is_flag=True, help="Every recipe, the long ones too."
)
@click.option("--force", is_flag=True, help="Draw and measure again what is there.")
@click.option("--results", default="results", type=click.Path(), help="[results]")
@click.option(
    "--runs", default="runs/recipes", type=click.Path(), help="[runs/recipes]"
)
@data_dir_option
@backend_option
@debug_option
def figures(names, everything, force, results, runs, data_dir, backend):
    """Make the results page: train what is missing, draw what is stale.

    NAMES are recipes, sweeps, transfers, or comparisons or tables of several recipes;
    without any, the default set. Comparisons whose recipes are all among them are made too. Interrupted,
    it goes on where it was.

    \b
    Example:
      keras-aae figures vae-2d
    """
    select_backend(backend)
    from keras_aae.publishing.gallery import Gallery, names_to_make

    from .progress import reporting

    names = names_to_make(names, everything)
    width = max(map(len, names))
    with reporting(quiet=True) as reporter:
        gallery = Gallery(Path(results), Path(runs), force, data_dir, reporter)
        gallery.check(names)
        for name in names:
            made = gallery.make(name)
            reporter.stop()
            line = f"{made.action:<8} {made.seconds:>5.0f} s   {made.headline}"
            click.echo(f"{name:<{width}}  {line}".rstrip())
