"""`figures`."""

import click

from cli.backend import select_backend
from cli.options import Name, backend_option, data_dir_option, debug_option
from keras_aae.registry import RECIPES


@click.command()
@click.argument("names", nargs=-1, type=Name(RECIPES, "recipe"))
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
    r"""Make the results page: train what is missing, draw what is stale.

    NAMES are recipes; without any, the default set. Interrupted, it goes on where it was.

    \b
    Example:
      keras-aae figures vae-2d
    """
    select_backend(backend)
    from cli.progress import reporting
    from keras_aae.gallery import default_set, make_results

    for name in names or (list(RECIPES) if everything else default_set()):
        with reporting() as reporter:
            path = make_results(
                name, results, runs, force=force, data_dir=data_dir, reporter=reporter
            )
        click.echo(f"{name}: {path}")
