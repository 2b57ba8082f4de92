"""A model with its data, wherever it lies: to measure and to draw."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from keras_aae.building import load_data
from keras_aae.data import Dataset, load_dataset
from keras_aae.errors import RunError, UnsupportedError
from keras_aae.evaluation import evaluate
from keras_aae.figures import draw, save
from keras_aae.registry import FIGURES
from keras_aae.runs.checkpoints import Checkpoints, load_checkpoint
from keras_aae.runs.folder import RunFolder
from keras_aae.runs.model_file import load_model


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
            data = replace(load_data(recipe, data_dir), note=run.data["note"])
        else:
            data = load_data(recipe.replace(dataset=dataset), data_dir)
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
