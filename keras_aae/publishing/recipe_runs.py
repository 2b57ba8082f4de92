"""Runs of recipes, reused if they exist and trained otherwise."""

import json
from dataclasses import asdict, dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any

from keras_aae import training
from keras_aae.files import write_json
from keras_aae.publishing.origin import Origin, moved_data, moved_number
from keras_aae.publishing.source import Source
from keras_aae.recipe import Recipe
from keras_aae.runs.folder import RunFolder
from keras_aae.training.session import Reporter


@dataclass(frozen=True)
class RecipeRuns:
    """Folder of runs, each named after its recipe, with a file of its origin.

    A recipe that has changed is trained in a new folder. No run is overwritten.

    Args:
        folder: Folder of the runs.
        data_dir: Folder to search for data first.
        reporter: Reporter of training events.
    """

    folder: Path
    data_dir: str | None = None
    reporter: Reporter = field(default_factory=Reporter)

    def train(self, recipe: Recipe, origin: Origin) -> tuple[Source, str]:
        """Return the finished run of a recipe, training it if necessary.

        Args:
            recipe: Recipe to train.
            origin: Current origin of its result.

        Returns:
            The run as a source, and "reused", "resumed" or "trained".
        """
        path = self._path(recipe, origin)
        options: dict[str, Any] = {"data_dir": self.data_dir, "reporter": self.reporter}
        if not (path / "recipe.json").exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_json(_origin_file(path), asdict(origin))
            run, action = training.train(recipe, path, **options), "trained"
        elif _is_finished(path, recipe):
            run, action = RunFolder(path), "reused"
        else:
            run = training.resume(path, epochs=recipe.epochs, **options)
            action = "resumed"
        return Source.open(run.path, data_dir=self.data_dir), action

    def find(self, recipe: Recipe, origin: Origin) -> Source | None:
        """Return the finished run of a recipe; None if there is none."""
        path = self._path(recipe, origin)
        if (path / "recipe.json").exists() and _is_finished(path, recipe):
            return Source.open(path, data_dir=self.data_dir)
        return None

    def _path(self, recipe: Recipe, origin: Origin) -> Path:
        """Return the folder of the recipe's run, or a new one for it."""
        first = Path(self.folder) / f"{recipe.name}-{recipe.fingerprint[:8]}"
        others = (first.with_name(f"{first.name}-{number}") for number in count(2))
        paths = chain([first], others)
        return next(path for path in paths if _is_of(path, recipe, origin))


def _origin_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.origin.json")


def _is_finished(path: Path, recipe: Recipe) -> bool:
    run = RunFolder(path)
    return run.finished and run.recipe.epochs == recipe.epochs


def _is_of(path: Path, recipe: Recipe, origin: Origin) -> bool:
    """Return whether a path has the run of a recipe, or is free for it."""
    if not path.exists():
        return True
    # A run can be extended but not shortened.
    if (path / "recipe.json").exists() and (
        RunFolder(path).recipe.epochs > recipe.epochs
    ):
        return False
    try:
        kept = Origin.read(json.loads(_origin_file(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):
        return False
    # Schedules are evaluated at the end of training, which may have been earlier.
    numbers = moved_number(kept.probe, origin.probe, ignore=("schedules",))
    same_data = not moved_data(kept.data, origin.data)
    return kept.version == origin.version and same_data and not numbers
