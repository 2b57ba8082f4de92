"""The commands `train` and `resume`."""

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
    """Add the options that both commands take."""
    for option in (
        click.option(
            "--figures/--no-figures", default=True, help="Draw figures after training."
        ),
        click.option(
            "--evaluation/--no-evaluation",
            default=True,
            help="Evaluate on the test images after training.",
        ),
        click.option(
            "--tensorboard",
            is_flag=True,
            help="Also write TensorBoard event files: terms, histograms of weights and "
            "gradients.",
        ),
        click.option(
            "--checkpoint-seconds",
            type=Value(Strength, "float"),
            help="Seconds between checkpoints. [default: chosen to cost under 1 %]",
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
@click.option(
    "--recipe", type=Name(RECIPES, "recipe"), help="Named recipe: `list recipes`."
)
@click.option(
    "--set", "settings", type=Assignment(), multiple=True,
    help="Any value of the recipe or option of the model, e.g. beta=4. Repeatable.",
)  # fmt: skip
@dataset_option
@click.option("--latent-dim", type=int, help="Dimension of the code.")
@click.option("--network", help=f"{', '.join(NETWORKS)}.")
@click.option(
    "--hidden-units",
    type=WholeNumbers(),
    help="Units or filters of the hidden layers, e.g. 500,500.",
)
@click.option("--activation", help="Activation of the hidden layers, e.g. relu.")
@click.option("--likelihood", help="Likelihood of pixels (vae): bernoulli or gaussian.")
@click.option(
    "--prior",
    type=Name(PRIORS, "prior"),
    help="Prior distribution of codes: `list priors`.",
)
@click.option(
    "--loss",
    help="Reconstruction loss: bernoulli, gaussian, poisson or mse (not vae); for gan: "
    "minimax, wasserstein or non-saturating.",
)
@click.option(
    "--beta", help="Weight of the KL term (vae), or a warm-up such as linear:0:1:10."
)
@click.option("--epochs", type=int, help="Number of epochs.")
@click.option("--batch-size", type=int, help="Images per step.")
@click.option("--optimizer", help="Name of a Keras optimizer.")
@click.option(
    "--learning-rate",
    help="Learning rate, or a schedule such as cosine:0.001:0.00001:50.",
)
@click.option(
    "--validation", type=float, help="Number or fraction of training images held out."
)
@click.option(
    "--monitor", help="Keep the epoch that is best by this term, e.g. val_neg_elbo."
)
@click.option(
    "--patience", type=int, help="Stop after so many epochs without improvement."
)
@click.option("--limit", type=int, help="Maximum number of images per split.")
@click.option("--num-labels", type=int, help="Number of labeled training images.")
@click.option(
    "--image-size",
    type=int,
    help="Resize images to this size (image folder, lfw, cifar10).",
)
@click.option(
    "--channels", type=int, help="1 for gray, 3 for color (image folder, lfw, cifar10)."
)
@click.option("--seed", type=int, help="Random seed.")
@click.option(
    "--seeds", type=Seeds(),
    help="Train once per seed, e.g. 0..9 or 0,3,7, and report the mean, standard "
    "deviation and a 95 % interval. Rerun with the same --out to resume.",
)  # fmt: skip
@click.option(
    "--jobs", type=Value(Count),
    help="Parallel trainings with --seeds. [default: one per core; one on a GPU]",
)  # fmt: skip
@click.option("--execution", type=click.Choice(EXECUTIONS), help="Compilation mode.")
@backend_option
@click.option(
    "--out", type=click.Path(),
    help="Run folder, or parent folder with --seeds. [default: runs/NAME_DATASET_TIME]",
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

    The folder holds the trained model, checkpoints, history, metrics and figures.
    Resume an interrupted training with `keras-aae resume`.

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
            raise click.UsageError("--seed and --seeds are mutually exclusive.")
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
        raise click.UsageError("--jobs requires --seeds.")
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
@click.option("--epochs", type=Value(Count), help="New total number of epochs.")
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
    """Resume RUN exactly from its newest valid checkpoint.

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
        raise click.UsageError("Give either MODEL or --recipe NAME.")
    start = Recipe(model=model) if model else RECIPES[str(recipe)].recipe
    chosen = {key: value for key, value in given.items() if value is not None}
    if "validation" in chosen and chosen["validation"] >= 1:
        chosen["validation"] = int(chosen["validation"])
    _say_new_names(start.model, {**chosen, **settings})
    return override(start, {**chosen, **settings})


def _say_new_names(model: str, settings: dict[str, Any]) -> None:
    """Print the new names of renamed options and networks."""
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
    """Evaluate, draw figures, and print where everything is."""
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
