"""Training of a recipe in a run folder, and resuming of interrupted runs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_aae.abilities import Encodes, supports
from keras_aae.data import Dataset, Images, stratified_subset
from keras_aae.engine import BatchLoader, PhasedModel
from keras_aae.engine.backend import engine
from keras_aae.engine.batch_loader import LABELED
from keras_aae.engine.loop import Progress, TrainingLoop
from keras_aae.errors import DataError, RecipeError, RunError
from keras_aae.recipe import Recipe
from keras_aae.registry import DATASETS
from keras_aae.runs.checkpoints import Checkpoints, load_checkpoint
from keras_aae.runs.environment import describe_environment, differences
from keras_aae.runs.folder import RunFolder
from keras_aae.training.build import complete_options, family, load_data, new_model
from keras_aae.training.session import Reporter, Session, required, warn
from keras_aae.training.tensorboard import EventLog, summary_writer


def complete(recipe: Recipe, dataset: Dataset) -> Recipe:
    """Return the recipe with all defaults filled in.

    Raises:
        RecipeError: the backend is not the current one, or an option is unknown or
            invalid.
    """
    backend = keras.backend.backend()
    if recipe.backend not in (None, backend):
        raise RecipeError(
            f"The recipe needs backend {recipe.backend!r}, but Keras uses {backend!r}. "
            f"Set KERAS_BACKEND={recipe.backend} before importing Keras."
        )
    options = complete_options(recipe.model, recipe.options | {"seed": recipe.seed})
    options.pop("seed")
    name = recipe.dataset or dataset.name
    return recipe.replace(
        name=recipe.name or recipe.model,
        # Absolute, because a run may be resumed from another working directory.
        dataset=name if name in DATASETS else str(Path(name).absolute()),
        options=options,
        backend=backend,
    )


def _learned_from(dataset: Dataset, recipe: Recipe) -> Dataset:
    """Return the data set with the training images that the model can use.

    A model that trains on labeled images alone takes its validation images from them,
    so these count toward the number of labels.
    """
    if not family(recipe.model).labeled_only:
        return dataset
    train = dataset.train
    return replace(dataset, train=train.subset(_labeled_positions(train, recipe)))


def _labeled_positions(train: Images, recipe: Recipe) -> np.ndarray:
    """Return the positions of the images whose labels the model may use."""
    if train.labels is None:
        hidden = recipe.num_labels is not None
        asking = f"num_labels={recipe.num_labels}" if hidden else f"A {recipe.model!r}"
        raise DataError(
            f"{asking} needs a data set with labels, but {recipe.dataset!r} has none. "
            "Use a labeled data set."
        )
    if recipe.num_labels is None:
        return np.flatnonzero(train.labels >= 0)
    return stratified_subset(train.labels, recipe.num_labels, recipe.seed)


def _loader(recipe: Recipe, train: Images) -> BatchLoader:
    model_class = family(recipe.model)
    batches, labeled = model_class.batches, None
    if recipe.num_labels is not None and not model_class.labeled_only:
        positions = _labeled_positions(train, recipe)
        labeled = train.subset(positions)
        # Hide the classes of all other images.
        train = train.with_labels_at(positions)
    elif LABELED in batches and train.labels is not None:
        labeled = train.subset(_labeled_positions(train, recipe))
    return BatchLoader(
        train, recipe.batch_size, batches, seed=recipe.seed, labeled=labeled
    )


def _with_labels(
    images: Images | None, model_class: type[PhasedModel]
) -> Images | None:
    """Return validation images, only labeled ones if the model has a labeled batch."""
    if images is None or LABELED not in model_class.batches or images.labels is None:
        return images
    return images.subset(np.flatnonzero(images.labels >= 0))


def _check_labels(model: PhasedModel, recipe: Recipe, dataset: Dataset) -> None:
    """Check that the labels of the data set suit the model.

    Raises:
        RecipeError: there are too many classes or too few labels.
    """
    most = model.label_classes
    if most is not None and dataset.num_classes > most:
        raise RecipeError(
            f"The data set {dataset.name!r} has {dataset.num_classes} classes, but the "
            f"model takes at most {most}. Set classes (or components of the prior) to "
            f"{dataset.num_classes}."
        )
    if model.needs_all_labels and recipe.num_labels is not None:
        raise RecipeError(
            f"num_labels={recipe.num_labels} hides labels, but {recipe.model!r} needs "
            "a label for every image. Omit num_labels, or train semi-supervised-aae."
        )


def _check_track_codes(recipe: Recipe) -> None:
    if recipe.track_codes and not supports(family(recipe.model), Encodes):
        raise RecipeError(
            f"track_codes={recipe.track_codes} needs an encoder, but {recipe.model!r} "
            "has none. Omit track_codes."
        )


def _first(images: Images, count: int) -> np.ndarray | None:
    """Return the first `count` images as an array, or None if `count` is 0."""
    return images.gather(np.arange(min(count, len(images))))[0] if count else None


def train(
    recipe: Recipe,
    out: str | Path | None = None,
    *,
    data_dir: str | Path | None = None,
    reporter: Reporter | None = None,
    checkpoint_seconds: float | None = None,
    tensorboard: bool = False,
) -> RunFolder:
    """Train a recipe in a new run folder.

    Args:
        recipe: Recipe to train.
        out: Path of the run folder; None creates runs/NAME_DATASET_TIME.
        data_dir: Folder that is searched for data first.
        reporter: Receiver of training events.
        checkpoint_seconds: Seconds between checkpoints; None keeps their cost below 1%
            of the time.
        tensorboard: True to also write TensorBoard event files, see `EventLog`.

    Raises:
        KerasAAEError: the recipe, its data or the folder is unsuitable; no file is
            overwritten.
        Interrupted: a signal stopped the training; the run is saved.
    """
    dataset = load_data(recipe, data_dir)
    recipe = complete(recipe, dataset)
    training = Training(recipe, dataset)
    if tensorboard:
        summary_writer()  # if it is missing, fail before the folder exists
    path = out or RunFolder.new_path(f"{recipe.name}_{dataset.name}")
    run = RunFolder.create(path, recipe, _describe_data(dataset))
    with run.lock():
        training.run(run, reporter or Reporter(), checkpoint_seconds, tensorboard)
    return run


def resume(
    path: str | Path,
    *,
    epochs: int | None = None,
    data_dir: str | Path | None = None,
    reporter: Reporter | None = None,
    checkpoint_seconds: float | None = None,
    tensorboard: bool = False,
) -> RunFolder:
    """Resume a run exactly from its newest valid checkpoint.

    Args:
        path: Path of the run folder.
        epochs: New total number of epochs, at least the number of completed ones.
        data_dir: Folder that is searched for data first.
        reporter: Receiver of training events.
        checkpoint_seconds: Seconds between checkpoints, as in `train`.
        tensorboard: True to also write TensorBoard event files.

    Raises:
        KerasAAEError: the run is missing, in use or damaged, or its data has changed.
        Interrupted: a signal stopped the training; the run is saved.
    """
    reporter = reporter or Reporter()
    run = RunFolder(path)
    with run.lock():
        recipe = run.recipe
        if epochs is not None:
            recipe = recipe.replace(epochs=epochs)
        dataset = load_data(recipe, data_dir)
        if dataset.fingerprint != run.data["fingerprint"]:
            raise RunError(
                f"The data set {recipe.dataset!r} differs from that of run "
                f"{str(path)!r}: its fingerprint has changed. Use the same data, for "
                "example with --data-dir, or start a new run."
            )
        training = Training(complete(recipe, dataset), dataset)
        training.restore(run, reporter)
        if epochs is not None:
            with required(run, "recipe.json"):
                run.write_recipe(recipe)
        training.run(run, reporter, checkpoint_seconds, tensorboard)
    return run


def _describe_data(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "train": len(dataset.train),
        "test": len(dataset.test),
        "image_shape": list(dataset.image_shape),
        "note": dataset.note,
    }


class Training:
    """A model with its data and its progress; see `train` and `resume`."""

    def __init__(self, recipe: Recipe, dataset: Dataset):
        self.recipe, self.note = recipe, dataset.note
        dataset = _learned_from(dataset, recipe)
        images, validation = dataset.split_validation(recipe.validation, recipe.seed)
        self.validation = _with_labels(validation, family(recipe.model))
        self.loader = _loader(recipe, images)
        _check_track_codes(recipe)
        self.tracked_images = _first(images, recipe.track_codes)
        self.model = new_model(recipe, dataset.image_shape, self.loader.steps)
        _check_labels(self.model, recipe, dataset)
        self.diagnosed_images = _first(images, self.model.diagnostic_images)
        self.progress = Progress()
        self.best_weights: list[np.ndarray] | None = None

    def restore(self, run: RunFolder, reporter: Reporter) -> None:
        """Restore the newest valid checkpoint, if there is one."""
        checkpoints = Checkpoints(run.checkpoints_path, self.recipe.fingerprint)
        checkpoints.sweep()
        run.sweep()
        newest = checkpoints.newest(lambda text: warn(run, reporter, text))
        if newest is not None:
            self.model, self.progress, self.best_weights = load_checkpoint(newest)
        if self.recipe.epochs < self.progress.epoch:
            raise RunError(
                f"Invalid epochs {self.recipe.epochs}. Expected at least "
                f"{self.progress.epoch}, the number of completed epochs."
            )

    def run(
        self,
        run: RunFolder,
        reporter: Reporter,
        checkpoint_seconds: float | None,
        tensorboard: bool = False,
    ) -> None:
        """Train to the end in a run folder, and save the model there."""
        if self.note:
            warn(run, reporter, self.note)
        loop = self._loop()
        self._compare_environment(run, reporter, loop.execution)
        checkpoints = Checkpoints(
            run.checkpoints_path, self.recipe.fingerprint, checkpoint_seconds
        )
        events = EventLog(run, self.progress.epoch) if tensorboard else None
        session = Session(loop, self.progress, run, reporter, checkpoints, events)
        session.run(self.recipe)

    def _loop(self) -> TrainingLoop:
        recipe = self.recipe
        loop = TrainingLoop(
            self.model,
            self.loader,
            self.validation,
            epochs=recipe.epochs,
            monitor=recipe.monitor,
            patience=recipe.patience,
            tracked_images=self.tracked_images,
            diagnosed_images=self.diagnosed_images,
            execution=recipe.execution,
        )
        loop.best_weights = self.best_weights
        return loop

    def _compare_environment(
        self, run: RunFolder, reporter: Reporter, execution: str
    ) -> None:
        backend, device = keras.backend.backend(), engine.describe_device()
        now = describe_environment(backend, device, execution)
        before = run.environment
        if not before:
            with required(run, "environment.json"):
                run.write_environment(now)
        for change in differences(before, now) if before else []:
            warn(run, reporter, f"The last bits of results may differ: {change}.")
