"""A model with its data, wherever it lies: to measure and to draw."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from keras_aae.data import Dataset, load_dataset
from keras_aae.errors import KerasAAEError, RunError, UnsupportedError
from keras_aae.evaluation import evaluate
from keras_aae.evaluation.few_labels import encoder_of
from keras_aae.evaluation.pixels import as_small_rows
from keras_aae.figures import draw, save
from keras_aae.figures.menu import (
    compares,
    file_name,
    shows_snapshots,
    stands_alone,
)
from keras_aae.model_files.saving import load_model
from keras_aae.runs.checkpoints import Checkpoints, load_checkpoint
from keras_aae.runs.folder import RunFolder, resume_command
from keras_aae.training.build import load_data, new_model

# What a training leaves: quickly drawn, and of use for most models.
DRAWN = (
    "reconstructions",
    "scatterplot",
    "latent-sweep",
    "samples",
    "misclassified",
    "learning-curves",
    "adversarial-diagnostics",
)


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
            f"{resume_command(run.path)}."
        )
    return load_checkpoint(newest)[0]


def load_any_model(path):
    """The model of a run folder, or of a `.keras` file.

    Raises:
        KerasAAEError: the path holds no model.
    """
    path = Path(path)
    return load_model(path) if _is_file(path) else load_run_model(RunFolder(path))


def _is_file(path: Path) -> bool:
    return path.suffix == ".keras" or path.is_file()


@dataclass(frozen=True)
class Source:
    """A model to measure and draw: of a run, or of a `.keras` file.

    `name` is that of the recipe, or of the file.
    """

    name: str
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
        if _is_file(path):
            model = load_model(path)
            return cls(path.stem, model, load_dataset(dataset, data_dir=data_dir))
        run = RunFolder(path)
        recipe = run.recipe
        if dataset is None:
            data = replace(load_data(recipe, data_dir), note=run.data["note"])
        else:
            data = load_data(recipe.replace(dataset=dataset), data_dir)
        return cls(recipe.name, load_run_model(run), data, recipe.seed, run)

    def untrained(self) -> "Source":
        """The same with the model as it was before its training, from its seed.

        Raises:
            RunError: there is no run to say how it was made.
        """
        if self.run is None:
            raise RunError("A .keras file does not say how its training began.")
        # An epoch's steps only stretch schedules, which have not begun.
        model = new_model(self.run.recipe, self.dataset.image_shape, steps=1)
        return replace(self, model=model)

    def encoders(self, *, baselines: bool = True) -> dict:
        """What makes features of images, by name: the encoder, and what it is to beat.

        Args:
            baselines: Also the encoder before its training, and pixels.

        Raises:
            UnsupportedError: the model has no encoder.
            RunError: there is no run to say how it was made.
        """
        encoders = {"codes": encoder_of(self.model)}
        if baselines:
            encoders["untrained"] = encoder_of(self.untrained().model)
            encoders["pixels"] = as_small_rows
        return encoders


def evaluate_source(source: Source, also=()) -> dict[str, float]:
    """All quick metrics that apply to a model; of a run, kept in its metrics.json.

    Args:
        source: The model and its data.
        also: Names of slow metrics to measure too.
    """
    metrics = evaluate(source.model, source.dataset, seed=source.seed)
    if also:
        metrics |= evaluate(
            source.model, source.dataset, seed=source.seed, names=tuple(also)
        )
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
        out: The file; None is RUN/figures/KIND.png, or .gif of an animation.
        seed: Of random draws; None is the recipe's.
        **options: The figure's own, and `untrained`.

    Returns:
        The file.
    """
    return export_comparison(kind, [source], out, seed=seed, **options)


def export_comparison(
    kind: str, sources: list[Source], out=None, *, seed=None, untrained=False, **options
) -> Path:
    """Draw a figure of several models side by side, on the data of the first.

    Args:
        kind: A key of `registry.FIGURES`; of a single model, any.
        sources: The models and their data; none for a figure that needs none.
        out: The file; None is KIND.png in the first run's figures, or .gif.
        seed: Of random draws; None is the first recipe's.
        untrained: Draw the models as they were before their training.
        **options: The figure's own.

    Returns:
        The file.

    Raises:
        KerasAAEError: the figure shows one model, or the models' images differ in shape.
    """
    if not sources:
        return _export_alone(kind, out, seed, options)
    sources = [s.untrained() for s in sources] if untrained else sources
    first = sources[0]
    models = _side_by_side(sources) if compares(kind) else None
    if models is None and len(sources) > 1:
        raise KerasAAEError(
            f"Figure {kind!r} shows a single model. Received: {len(sources)}. Draw it of "
            "each of them alone."
        )
    figure = draw(
        kind,
        model=first.model,
        models=models,
        dataset=first.dataset,
        history=first.run.history if first.run else None,
        snapshots=first.run.snapshots if first.run and shows_snapshots(kind) else None,
        seed=first.seed if seed is None else seed,
        **options,
    )
    return save(figure, _default_path(kind, first) if out is None else out)


def _export_alone(kind: str, out, seed: int | None, options: dict) -> Path:
    if not stands_alone(kind):
        raise RunError(f"Figure {kind!r} needs a model. Name a run folder or a file.")
    if out is None:
        raise RunError("Without a run there is no figures folder. Give a file with -o.")
    return save(draw(kind, seed=seed or 0, **options), out)


def _side_by_side(sources: list[Source]) -> dict:
    """Heading -> model.

    Raises:
        KerasAAEError: their images differ in shape.
    """
    shapes = [source.dataset.image_shape for source in sources]
    if len(set(shapes)) > 1:
        described = [
            f"{source.name} {'x'.join(map(str, shape))}"
            for source, shape in zip(sources, shapes, strict=True)
        ]
        raise KerasAAEError(
            "Models side by side need images of one shape. "
            f"Received: {', '.join(described)}."
        )
    models = [source.model for source in sources]
    return dict(zip(_headings(sources), models, strict=True))


def _headings(sources: list[Source]) -> list[str]:
    """'2-D', '5-D' where only the width of the code differs, and else the sources' names.

    Names that repeat are numbered.
    """
    if len(sources) > 1 and _differ_in_width_only(sources):
        return [f"{source.model.latent_dim}-D" for source in sources]
    names = [source.name for source in sources]
    return [
        f"{name} ({names[:i].count(name) + 1})" if names.count(name) > 1 else name
        for i, name in enumerate(names)
    ]


def _differ_in_width_only(sources: list[Source]) -> bool:
    if any(source.run is None for source in sources):
        return False
    recipes = [source.run.recipe for source in sources]
    models = [(r.model, {**r.options, "latent_dim": None}) for r in recipes]
    widths = {recipe.options.get("latent_dim") for recipe in recipes}
    same = all(model == models[0] for model in models)
    return same and len(widths) == len(sources)


def _default_path(kind: str, source: Source) -> Path:
    if source.run is None:
        raise RunError("A .keras file has no figures folder. Give a file with -o.")
    # If this fails, saving says so.
    with suppress(OSError):
        source.run.figures_path.mkdir(exist_ok=True)
    return source.run.figures_path / file_name(kind)


def draw_run(source: Source, kinds=DRAWN) -> list[Path]:
    """Those of the figures that apply to a run's model, in its figures folder.

    `keras-aae export` draws all others.
    """
    paths = []
    for kind in kinds:
        with suppress(UnsupportedError):
            paths.append(export_figure(kind, source))
    return paths
