"""Models with their data, loaded from run folders and model files."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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

# Drawn after every training: fast, and useful for most models.
DRAWN = (
    "reconstructions",
    "scatterplot",
    "latent-sweep",
    "samples",
    "misclassified",
    "learning-curves",
    "adversarial-diagnostics",
)


def load_run_model(run: RunFolder) -> Any:
    """Return the finished model of a run, or that of its newest checkpoint.

    Raises:
        RunError: if the run has neither yet.
    """
    if run.model_path.exists():
        return load_model(run.model_path)
    newest = Checkpoints(run.checkpoints_path, run.recipe.fingerprint).newest()
    if newest is None:
        raise RunError(
            f"Run {str(run.path)!r} has no model and no checkpoint yet. Resume it with "
            f"{resume_command(run.path)}."
        )
    return load_checkpoint(newest)[0]


def load_any_model(path: str | os.PathLike[str]) -> Any:
    """Return the model of a run folder or a `.keras` file.

    Raises:
        KerasAAEError: if there is no model at the path.
    """
    path = Path(path)
    return load_model(path) if _is_file(path) else load_run_model(RunFolder(path))


def _is_file(path: Path) -> bool:
    return path.suffix == ".keras" or path.is_file()


@dataclass(frozen=True)
class Source:
    """Model with its data, from a run folder or a `.keras` file.

    Args:
        name: Name of the recipe, or of the file.
        model: Model to evaluate and draw.
        dataset: Data set to evaluate it on.
        seed: Seed of the random draws.
        run: Run of the model; None for a `.keras` file.
    """

    name: str
    model: Any
    dataset: Dataset
    seed: int = 0
    run: RunFolder | None = None

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        dataset: str | None = None,
        data_dir: str | None = None,
    ) -> "Source":
        """Return the model at a path, with a data set.

        Args:
            path: Path of a run folder or a `.keras` file.
            dataset: Name of the data set; None for the run's own.
            data_dir: Folder to search for data first.

        Raises:
            KerasAAEError: if there is no model at the path, or its data set cannot be
                loaded.
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

    def require_run(self) -> RunFolder:
        """Return the run of the model.

        Raises:
            RunError: if the source is a `.keras` file.
        """
        if self.run is None:
            raise RunError(
                f"Invalid source {self.name!r}, a .keras file. Expected a run folder, "
                "which holds recipe and history. Name a run folder."
            )
        return self.run

    def untrained(self) -> "Source":
        """Return a copy with the untrained model, initialized from the run's seed.

        Raises:
            RunError: if the source has no run.
        """
        # The number of steps affects only schedules, which have not started.
        model = new_model(self.require_run().recipe, self.dataset.image_shape, steps=1)
        return replace(self, model=model)

    def encoders(self, *, baselines: bool = True) -> dict[str, Callable[..., Any]]:
        """Return functions from images to features, by name.

        Args:
            baselines: Whether to include the untrained encoder and pixels.

        Raises:
            UnsupportedError: if the model has no encoder.
            RunError: if baselines are asked for and the source has no run.
        """
        encoders: dict[str, Callable[..., Any]] = {"codes": encoder_of(self.model)}
        if baselines:
            encoders["untrained"] = encoder_of(self.untrained().model)
            encoders["pixels"] = as_small_rows
        return encoders


def evaluate_source(source: Source, also: Iterable[str] = ()) -> dict[str, float]:
    """Return all default metrics of a model; for a run, save them in its metrics.json.

    Args:
        source: Model and data.
        also: Names of additional slow metrics.
    """
    also = tuple(also)
    metrics = evaluate(source.model, source.dataset, seed=source.seed)
    if also:
        metrics |= evaluate(source.model, source.dataset, seed=source.seed, names=also)
    run = source.run
    if run is not None and source.dataset.fingerprint == run.data["fingerprint"]:
        # Run folders may be read-only; evaluation works all the same.
        with suppress(OSError):
            run.write_metrics(metrics)
    return metrics


def export_figure(
    kind: str,
    source: Source,
    out: str | os.PathLike[str] | None = None,
    *,
    seed: int | None = None,
    **options: Any,
) -> Path:
    """Draw a figure of a model and save it.

    Args:
        kind: Key of `registry.FIGURES`.
        source: Model and data.
        out: Path of the file; None for RUN/figures/KIND.png, or .gif for animations.
        seed: Seed of the random draws; None for the recipe's.
        **options: Options of the figure, and `untrained`.

    Returns:
        Path of the file.
    """
    return export_comparison(kind, [source], out, seed=seed, **options)


def export_comparison(
    kind: str,
    sources: list[Source],
    out: str | os.PathLike[str] | None = None,
    *,
    seed: int | None = None,
    untrained: bool = False,
    **options: Any,
) -> Path:
    """Draw a figure of several models on the data of the first, and save it.

    Args:
        kind: Key of `registry.FIGURES`; any figure for a single model.
        sources: Models and data; empty for a figure that needs no model.
        out: Path of the file; None for KIND.png or .gif in the first run's figures.
        seed: Seed of the random draws; None for the first recipe's.
        untrained: Whether to draw the untrained models.
        **options: Options of the figure.

    Returns:
        Path of the file.

    Raises:
        KerasAAEError: if the figure shows only one model, or the models' image shapes
            differ.
    """
    if not sources:
        return _export_alone(kind, out, seed, options)
    sources = [s.untrained() for s in sources] if untrained else sources
    first = sources[0]
    models = _side_by_side(sources) if compares(kind) else None
    if models is None and len(sources) > 1:
        raise KerasAAEError(
            f"Invalid number of models {len(sources)}. Figure {kind!r} shows a single "
            "model. Draw it separately for each model."
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


def _export_alone(
    kind: str,
    out: str | os.PathLike[str] | None,
    seed: int | None,
    options: dict[str, Any],
) -> Path:
    if not stands_alone(kind):
        raise RunError(
            f"Figure {kind!r} needs a model. Name a run folder or a .keras file."
        )
    if out is None:
        raise RunError(
            "Without a run there is no figures folder. Name an output file with -o."
        )
    return save(draw(kind, seed=seed or 0, **options), out)


def _side_by_side(sources: list[Source]) -> dict[str, Any]:
    """Return the models by heading.

    Raises:
        KerasAAEError: if their image shapes differ.
    """
    shapes = [source.dataset.image_shape for source in sources]
    if len(set(shapes)) > 1:
        described = [
            f"{source.name} {'x'.join(map(str, shape))}"
            for source, shape in zip(sources, shapes, strict=True)
        ]
        raise KerasAAEError(
            f"Invalid image shapes {', '.join(described)}. Expected models of the same "
            "image shape. Draw a figure for each model."
        )
    models = [source.model for source in sources]
    return dict(zip(_headings(sources), models, strict=True))


def _headings(sources: list[Source]) -> list[str]:
    """Return headings: '2-D', '5-D' if only the code dimension differs, else the names.

    Repeated names are numbered.
    """
    if len(sources) > 1 and _differ_in_width_only(sources):
        return [f"{source.model.latent_dim}-D" for source in sources]
    names = [source.name for source in sources]
    return [
        f"{name} ({names[:i].count(name) + 1})" if names.count(name) > 1 else name
        for i, name in enumerate(names)
    ]


def _differ_in_width_only(sources: list[Source]) -> bool:
    recipes = [source.run.recipe for source in sources if source.run is not None]
    if len(recipes) < len(sources):
        return False
    models = [(r.model, {**r.options, "latent_dim": None}) for r in recipes]
    widths = {recipe.options.get("latent_dim") for recipe in recipes}
    same = all(model == models[0] for model in models)
    return same and len(widths) == len(sources)


def _default_path(kind: str, source: Source) -> Path:
    if source.run is None:
        raise RunError(
            "A .keras file has no figures folder. Name an output file with -o."
        )
    # If this fails, saving reports it.
    with suppress(OSError):
        source.run.figures_path.mkdir(exist_ok=True)
    return source.run.figures_path / file_name(kind)


def draw_run(source: Source, kinds: Iterable[str] = DRAWN) -> list[Path]:
    """Draw the figures that apply to a run's model into its figures folder.

    `keras-aae export` draws all others.

    Args:
        source: Model and data of the run.
        kinds: Keys of `registry.FIGURES`.

    Returns:
        Paths of the files.
    """
    paths = []
    for kind in kinds:
        with suppress(UnsupportedError):
            paths.append(export_figure(kind, source))
    return paths
