"""From a recipe to a trained, evaluated and drawn run: where everything meets."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import keras

from keras_aae.building import complete_options, family, new_model
from keras_aae.data import Dataset, Images, load_dataset, stratified_subset
from keras_aae.engine import Feed
from keras_aae.engine.backend import engine
from keras_aae.engine.loop import Progress, TrainingLoop
from keras_aae.errors import DataError, RecipeError, RunError, UnsupportedError
from keras_aae.evaluation import evaluate
from keras_aae.figures import draw, save
from keras_aae.recipe import Recipe
from keras_aae.registry import DATASETS, FIGURES
from keras_aae.runs.checkpoints import Checkpoints, load_checkpoint
from keras_aae.runs.environment import describe_environment, differences
from keras_aae.runs.folder import RunFolder
from keras_aae.runs.model_file import load_model
from keras_aae.runs.session import Reporter, Session, warn


def complete(recipe: Recipe, dataset: Dataset) -> Recipe:
    """The recipe with every default that it leaves open filled in.

    Raises:
        RecipeError: it names another backend than the one Keras runs on, or unknown
            values.
    """
    backend = keras.backend.backend()
    if recipe.backend not in (None, backend):
        raise RecipeError(
            f"The recipe asks for backend {recipe.backend!r} and Keras runs on "
            f"{backend!r}. Set KERAS_BACKEND={recipe.backend} before importing Keras."
        )
    options = complete_options(recipe.model, recipe.options | {"seed": recipe.seed})
    options.pop("seed")
    name = recipe.dataset or dataset.name
    return recipe.replace(
        name=recipe.name or recipe.model,
        # A run may be resumed from another folder.
        dataset=name if name in DATASETS else str(Path(name).absolute()),
        options=options,
        backend=backend,
    )


def _load_data(recipe: Recipe, data_dir) -> Dataset:
    return load_dataset(
        recipe.dataset,
        data_dir=data_dir,
        image_size=recipe.image_size,
        channels=recipe.channels,
        limit=recipe.limit,
        seed=recipe.seed,
    )


def _feed(recipe: Recipe, train: Images) -> Feed:
    labelled = None
    if recipe.labels is not None:
        if train.labels is None:
            raise DataError(
                f"labels={recipe.labels} needs a data set with labels, and "
                f"{recipe.dataset!r} has none."
            )
        positions = stratified_subset(train.labels, recipe.labels, recipe.seed)
        labelled = train.subset(positions)
    batches = family(recipe.model).batches
    return Feed(train, recipe.batch_size, batches, seed=recipe.seed, labelled=labelled)


def train(
    recipe: Recipe,
    out=None,
    *,
    data_dir=None,
    reporter: Reporter | None = None,
    checkpoint_seconds: float | None = None,
) -> RunFolder:
    """Train a recipe in a new run folder.

    Args:
        recipe: What to train.
        out: The run folder; None makes runs/NAME_DATASET_TIME.
        data_dir: Where to look for data first.
        reporter: Is told what happens.
        checkpoint_seconds: Between checkpoints; None keeps their cost below 1 %.

    Raises:
        KerasAAEError: the request cannot be met; nothing was overwritten.
        Interrupted: a signal came; the run is saved.
    """
    dataset = _load_data(recipe, data_dir)
    recipe = complete(recipe, dataset)
    training = Training(recipe, dataset)
    path = out or RunFolder.new_path(f"{recipe.name}_{dataset.name}")
    run = RunFolder.create(path, recipe, _describe_data(dataset))
    with run.lock():
        training.run(run, reporter or Reporter(), checkpoint_seconds)
    return run


def resume(
    path,
    *,
    epochs: int | None = None,
    data_dir=None,
    reporter: Reporter | None = None,
    checkpoint_seconds: float | None = None,
) -> RunFolder:
    """Go on with a run, exactly, from its newest valid checkpoint.

    Args:
        path: The run folder.
        epochs: A new total, at least the epochs done.
        data_dir: Where to look for data first.
        reporter: Is told what happens.
        checkpoint_seconds: As in `train`.

    Raises:
        KerasAAEError: the run or its data are not what they were.
        Interrupted: a signal came; the run is saved.
    """
    reporter = reporter or Reporter()
    run = RunFolder(path)
    with run.lock():
        recipe = run.recipe
        if epochs is not None:
            recipe = recipe.replace(epochs=epochs)
        dataset = _load_data(recipe, data_dir)
        if dataset.fingerprint != run.data["fingerprint"]:
            raise RunError(
                f"The data set {recipe.dataset!r} is not the one that run {str(path)!r} "
                "was trained on: its fingerprint differs. Bring the same data, for "
                "example by --data-dir, or start a new run."
            )
        training = Training(complete(recipe, dataset), dataset)
        training.restore(run, reporter)
        if epochs is not None:
            run.write_recipe(recipe)
        training.run(run, reporter, checkpoint_seconds)
    return run


def _describe_data(dataset: Dataset) -> dict:
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "train": len(dataset.train),
        "test": len(dataset.test),
        "image_shape": list(dataset.image_shape),
        "note": dataset.note,
    }


class Training:
    """A model, its data and where it stands; see `train` and `resume`."""

    def __init__(self, recipe: Recipe, dataset: Dataset):
        self.recipe, self.note = recipe, dataset.note
        images, self.validation = dataset.split_validation(
            recipe.validation, recipe.seed
        )
        self.feed = _feed(recipe, images)
        self.model = new_model(recipe, dataset.image_shape, self.feed.steps)
        self.progress = Progress()
        self.best_weights = None

    def restore(self, run: RunFolder, reporter: Reporter) -> None:
        """Take up the newest valid checkpoint, if there is one."""
        checkpoints = Checkpoints(run.checkpoints_path, self.recipe.fingerprint)
        checkpoints.sweep()
        newest = checkpoints.newest(lambda text: warn(run, reporter, text))
        if newest is not None:
            self.model, self.progress, self.best_weights = load_checkpoint(newest)
        if self.recipe.epochs < self.progress.epoch:
            raise RunError(
                f"epochs={self.recipe.epochs} is less than the {self.progress.epoch} "
                "epochs that the run has done."
            )

    def run(self, run: RunFolder, reporter: Reporter, checkpoint_seconds) -> None:
        """Train to the end in a run folder, and leave the model there."""
        if self.note:
            warn(run, reporter, self.note)
        loop = self._loop()
        self._compare_environment(run, reporter, loop.execution)
        checkpoints = Checkpoints(
            run.checkpoints_path, self.recipe.fingerprint, checkpoint_seconds
        )
        Session(loop, self.progress, run, reporter, checkpoints).run(self.recipe)

    def _loop(self) -> TrainingLoop:
        recipe = self.recipe
        loop = TrainingLoop(
            self.model,
            self.feed,
            self.validation,
            epochs=recipe.epochs,
            monitor=recipe.monitor,
            patience=recipe.patience,
            execution=recipe.execution,
        )
        loop.best_weights = self.best_weights
        return loop

    def _compare_environment(self, run, reporter, execution):
        backend, device = keras.backend.backend(), engine.describe_device()
        now = describe_environment(backend, device, execution)
        before = run.environment
        if not before:
            run.write_environment(now)
        for change in differences(before, now) if before else []:
            warn(run, reporter, f"The last bits of results may differ: {change}.")


def load_run_model(run: RunFolder):
    """The run's model: the finished one, or as of its newest checkpoint.

    Raises:
        RunError: the run has left neither yet.
    """
    if run.model_path.exists():
        return load_model(run.model_path)
    newest = Checkpoints(run.checkpoints_path, run.recipe.fingerprint).newest()
    if newest is None:
        raise RunError(
            f"Run {str(run.path)!r} has no model and no checkpoint yet. Go on with it by "
            f"`keras-aae resume {run.path}`."
        )
    return load_checkpoint(newest)[0]


@dataclass(frozen=True)
class Source:
    """A model to measure and draw: of a run, or of a `.keras` file."""

    model: object
    dataset: Dataset
    seed: int = 0
    run: RunFolder | None = None

    @classmethod
    def open(cls, path, *, dataset: str | None = None, data_dir=None) -> "Source":
        """The model at a path, with a data set; a run knows its own.

        Raises:
            KerasAAEError: the path holds no model, or its data are not to be had.
        """
        path = Path(path)
        if path.suffix == ".keras" or path.is_file():
            data = load_dataset(dataset, data_dir=data_dir)
            return cls(load_model(path), data)
        run = RunFolder(path)
        recipe = run.recipe
        if dataset is None:
            data = replace(_load_data(recipe, data_dir), note=run.data["note"])
        else:
            data = _load_data(recipe.replace(dataset=dataset), data_dir)
        return cls(load_run_model(run), data, recipe.seed, run)


def evaluate_source(source: Source) -> dict[str, float]:
    """All metrics that apply to a model; of a run, kept in its metrics.json."""
    metrics = evaluate(source.model, source.dataset, seed=source.seed)
    run = source.run
    if run is not None and source.dataset.fingerprint == run.data["fingerprint"]:
        # Runs of others may be read-only, and are measured all the same.
        with suppress(OSError):
            run.write_metrics(metrics)
    return metrics


def export_figure(kind: str, source: Source, out=None, *, seed=None, **options) -> Path:
    """Draw a figure of a model.

    Args:
        kind: A key of `registry.FIGURES`.
        source: The model and its data.
        out: The file; None is RUN/figures/KIND.png.
        seed: Of random draws; None is the recipe's.
        **options: The figure's own.

    Returns:
        The file.
    """
    if out is None:
        if source.run is None:
            raise RunError("A .keras file has no figures folder. Give a file with -o.")
        # If this fails, saving says so.
        with suppress(OSError):
            source.run.figures_path.mkdir(exist_ok=True)
        out = source.run.figures_path / f"{kind}.png"
    figure = draw(
        kind,
        model=source.model,
        dataset=source.dataset,
        history=source.run.history if source.run else None,
        seed=source.seed if seed is None else seed,
        **options,
    )
    return save(figure, out)


def draw_run(source: Source) -> list[Path]:
    """Every figure that applies to a run's model, in its figures folder."""
    paths = []
    for kind in FIGURES:
        with suppress(UnsupportedError):
            paths.append(export_figure(kind, source))
    return paths
