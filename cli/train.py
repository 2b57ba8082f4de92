"""`train` and `resume`."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from keras_aae.checks import Count, Strength
from keras_aae.experiments import RECIPES
from keras_aae.lookup import current_name
from keras_aae.recipe import EXECUTIONS, Recipe, current_option
from keras_aae.registry import MODELS, NETWORKS, PRIORS

from .backend import select_backend
from .events import EventCommand, emit
from .options import (
    Assignment,
    Name,
    Value,
    WholeNumbers,
    backend_option,
    data_dir_option,
    dataset_option,
    debug_option,
    json_option,
    progress_option,
    say_new_name,
)
from .seeds import Seeds, train_seeds

if TYPE_CHECKING:
    from keras_aae.runs.folder import RunFolder


def training_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What both commands take."""
    for option in (
        click.option(
            "--figures/--no-figures", default=True, help="Draw figures at the end."
        ),
        click.option(
            "--evaluation/--no-evaluation", default=True, help="Measure at the end."
        ),
        click.option(
            "--tensorboard",
            is_flag=True,
            help="Leave event files too: terms, histograms of weights and gradients.",
        ),
        click.option(
            "--checkpoint-seconds",
            type=Value(Strength, "float"),
            help="Time between checkpoints. [default: so that they cost under 1 %]",
        ),
        data_dir_option,
        json_option,
        progress_option,
        debug_option,
    ):
        function = option(function)
    return function


@click.command(cls=EventCommand)
@click.argument("model", type=Name(MODELS, "model"), required=False)
@click.option("--recipe", type=Name(RECIPES, "recipe"), help="A named experiment.")
@click.option(
    "--set", "settings", type=Assignment(), multiple=True,
    help="Any value of the recipe or the model, e.g. --set beta=4. Repeatable.",
)  # fmt: skip
@dataset_option
@click.option("--latent-dim", type=int, help="Width of the code.")
@click.option("--network", help=f"{', '.join(NETWORKS)}.")
@click.option("--hidden-units", type=WholeNumbers(), help="Widths, e.g. 500,500.")
@click.option("--activation", help="Of the hidden layers, e.g. relu, softplus.")
@click.option("--likelihood", help="bernoulli or gaussian (vae).")
@click.option(
    "--prior",
    type=Name(PRIORS, "prior"),
    help="What codes should look like: `list priors`.",
)
@click.option(
    "--loss",
    help="bernoulli, gaussian, poisson or mse (all but vae and gan); of a gan its game.",
)
@click.option(
    "--beta", help="Weight of the KL term, or linear:0:1:10 to warm up (vae)."
)
@click.option("--epochs", type=int)
@click.option("--batch-size", type=int)
@click.option("--optimizer", help="Name of a Keras optimizer.")
@click.option("--learning-rate", help="Number, or e.g. cosine:0.001:0.00001:50.")
@click.option("--validation", type=float, help="Training images held out, or share.")
@click.option("--monitor", help="Term whose best epoch is kept, e.g. val_neg_elbo.")
@click.option("--patience", type=int, help="Epochs without improvement to stop after.")
@click.option("--limit", type=int, help="Use at most so many images.")
@click.option("--num-labels", type=int, help="Labeled training images.")
@click.option(
    "--image-size", type=int, help="Resize the images of a folder, lfw or cifar10."
)
@click.option(
    "--channels", type=int, help="1 gray, 3 color (image folder, lfw, cifar10)."
)
@click.option("--seed", type=int)
@click.option(
    "--seeds", type=Seeds(),
    help="Train from each of them, e.g. 0..9 or 0,3,7, and report mean, spread and a "
    "95 % interval. The same command with the same --out goes on.",
)  # fmt: skip
@click.option(
    "--jobs", type=Value(Count),
    help="Seeds trained at once. [default: one a core; one if there is a GPU]",
)  # fmt: skip
@click.option("--execution", type=click.Choice(EXECUTIONS), help="How steps compile.")
@backend_option
@click.option(
    "--out", type=click.Path(),
    help="Run folder, or that of the runs of --seeds. [default: runs/NAME_DATASET_TIME]",
)  # fmt: skip
@training_options
def train(
    model: str | None,
    recipe: str | None,
    settings: tuple[tuple[str, Any], ...],
    seeds: list[int] | None,
    jobs: int | None,
    out: str | None,
    data_dir: str | None,
    checkpoint_seconds: float | None,
    tensorboard: bool,
    figures: bool,
    evaluation: bool,
    as_json: bool,
    progress: str,
    **given: Any,
) -> None:
    """Train MODEL, or a named recipe, in a new run folder.

    The folder holds the trained model, checkpoints, history, final numbers and figures.

    \b
    Example:
      keras-aae train vae --latent-dim 2
      keras-aae train autoencoder --dataset photos/ --image-size 64 --network conv
      keras-aae train sparse-autoencoder --set sparsity=l1 --set sparsity_weight=0.02
      keras-aae train --recipe vae-2d --set epochs=5
      keras-aae train --recipe vae-2d --seeds 0..9
    """
    chosen = _recipe(model, recipe, dict(settings), given)
    if seeds is not None:
        if given["seed"] is not None:
            raise click.UsageError("Give --seed or --seeds, one of the two.")
        train_seeds(
            chosen,
            seeds,
            jobs,
            out,
            as_json,
            progress,
            data_dir=data_dir,
            checkpoint_seconds=checkpoint_seconds,
            tensorboard=tensorboard,
            evaluation=evaluation,
            figures=figures,
        )
        return
    if jobs is not None:
        raise click.UsageError("--jobs is of --seeds, which is missing.")
    select_backend(chosen.backend)
    from keras_aae import training

    from .progress import reporting

    with reporting(as_json, events=progress == "json") as reporter:
        run = training.train(
            chosen,
            out,
            data_dir=data_dir,
            reporter=reporter,
            checkpoint_seconds=checkpoint_seconds,
            tensorboard=tensorboard,
        )
    _finish(run, data_dir, figures, evaluation, as_json, progress)


@click.command(cls=EventCommand)
@click.argument("run", type=click.Path())
@click.option("--epochs", type=Value(Count), help="A new total of epochs.")
@training_options
def resume(
    run: str,
    epochs: int | None,
    data_dir: str | None,
    checkpoint_seconds: float | None,
    tensorboard: bool,
    figures: bool,
    evaluation: bool,
    as_json: bool,
    progress: str,
) -> None:
    """Go on with RUN, exactly, from its newest valid checkpoint.

    \b
    Example:
      keras-aae resume runs/vae_mnist_20260101-120000 --epochs 100
    """
    from keras_aae.runs.folder import RunFolder

    select_backend(RunFolder(run).recipe.backend)
    from keras_aae import training

    from .progress import reporting

    with reporting(as_json, events=progress == "json") as reporter:
        resumed = training.resume(
            run,
            epochs=epochs,
            data_dir=data_dir,
            reporter=reporter,
            checkpoint_seconds=checkpoint_seconds,
            tensorboard=tensorboard,
        )
    _finish(resumed, data_dir, figures, evaluation, as_json, progress)


def _recipe(
    model: str | None,
    recipe: str | None,
    settings: dict[str, Any],
    given: dict[str, Any],
) -> Recipe:
    from keras_aae.recipe import override

    if (model is None) == (recipe is None):
        raise click.UsageError("Give a MODEL or --recipe NAME, one of the two.")
    start = Recipe(model=model) if model else RECIPES[str(recipe)].recipe
    chosen = {key: value for key, value in given.items() if value is not None}
    if "validation" in chosen and chosen["validation"] >= 1:
        chosen["validation"] = int(chosen["validation"])
    _say_new_names(start.model, {**chosen, **settings})
    return override(start, {**chosen, **settings})


def _say_new_names(model: str, settings: dict[str, Any]) -> None:
    """Say what options, and the network among them, are called now."""
    for key in settings:
        say_new_name(key, current_option(model, key))
    network = settings.get("network")
    if isinstance(network, str):
        say_new_name(network, current_name("network", network))


def _finish(
    run: "RunFolder",
    data_dir: str | None,
    figures: bool,
    evaluation: bool,
    as_json: bool,
    progress: str,
) -> None:
    """Measure, draw, and say where everything is."""
    from keras_aae.publishing.source import Source, draw_run, evaluate_source

    from .tables import print_metrics

    metrics, drawn = {}, []
    if evaluation or figures:
        source = Source.open(run.path, data_dir=data_dir)
        metrics = evaluate_source(source) if evaluation else {}
        drawn = draw_run(source) if figures else []
    answer = {"run": str(run.path), "metrics": metrics}
    answer |= {"figures": [str(path) for path in drawn]}
    if progress == "json":
        emit({"event": "done"} | answer)
        return
    if as_json:
        click.echo(json.dumps(answer))
        return
    print_metrics({run.path.name: metrics})
    click.echo(f"Model:   {run.model_path}")
    for path in drawn:
        click.echo(f"Figure:  {path}")
