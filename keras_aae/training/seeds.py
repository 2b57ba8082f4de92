"""Folder of the runs of one recipe with several seeds, and their metrics.

OUT/seeds.json  recipe, metrics of every seed, and a `Summary` of every metric
OUT/seed-K/     run folder of seed K
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from keras_aae.errors import RunError
from keras_aae.evaluation.statistics import summarize
from keras_aae.files import write_json
from keras_aae.recipe import Recipe
from keras_aae.runs.folder import RunFolder

FORMAT = 1
FILE = "seeds.json"


class SeedFolder:
    """The runs of a recipe, one per seed.

    Args:
        path: Path of a new or empty folder, or of one of the same recipe, possibly with
            fewer epochs or other seeds.
        recipe: Recipe to train; its seed is ignored.

    Raises:
        RunError: the folder contains something else, or cannot be created.
    """

    def __init__(self, path: str | Path, recipe: Recipe):
        self.path, self.recipe = Path(path), recipe.replace(seed=0)
        if (self.path / FILE).exists():
            self._check_recipe()
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            taken = any(self.path.iterdir())
        except OSError as error:
            raise RunError(self._not_written(error)) from error
        if taken:
            raise RunError(
                f"Folder {str(path)!r} is not empty and has no {FILE}. Choose another "
                "folder with --out."
            )

    @classmethod
    def new_path(cls, recipe: Recipe) -> Path:
        """Return a free path runs/NAME_DATASET_seeds_TIME."""
        # Without a data set in the recipe, training chooses one later.
        dataset = [Path(recipe.dataset).stem] if recipe.dataset else []
        return RunFolder.new_path("_".join([_name(recipe), *dataset, "seeds"]))

    def _not_written(self, error: OSError) -> str:
        return (
            f"Cannot write to folder {str(self.path)!r}: {error.strerror}. Choose "
            "another folder with --out."
        )

    def _check_recipe(self) -> None:
        try:
            content = json.loads((self.path / FILE).read_text(encoding="utf-8"))
            same = content["format"] == FORMAT and self.recipe.fingerprint == (
                Recipe.from_dict(content["recipe"]).fingerprint
            )
        except (ValueError, KeyError, TypeError):
            same = False
        if not same:
            raise RunError(
                f"The runs in {str(self.path)!r} have another recipe. Expected the "
                "same values except epochs and seeds. Choose another folder with --out."
            )

    def run_path(self, seed: int) -> Path:
        """Return the path of the run folder of a seed."""
        return self.path / f"seed-{seed}"

    def begun(self, seed: int) -> bool:
        """Return whether a seed has a run that can be resumed."""
        return (self.run_path(seed) / "recipe.json").exists()

    def complete(self, seed: int, *, evaluation: bool, figures: bool) -> bool:
        """Return whether a seed is trained, and if requested evaluated and drawn."""
        run = self._trained(seed)
        return (
            run is not None
            and (not evaluation or bool(run.metrics))
            and (not figures or run.figures_path.exists())
        )

    def make_ready(self, seed: int) -> None:
        """Remove the metrics of a run that will be trained for more epochs.

        Raises:
            RunError: the run was trained for more epochs than the recipe has.
        """
        run = RunFolder(self.run_path(seed))
        epochs = run.recipe.epochs
        if epochs > self.recipe.epochs:
            raise RunError(
                f"Run {str(run.path)!r} has {epochs} epochs. Expected at most "
                f"{self.recipe.epochs}. Choose another folder with --out."
            )
        if epochs < self.recipe.epochs:
            (run.path / "metrics.json").unlink(missing_ok=True)

    def write(self, seeds: list[int], failed: dict[int, str]) -> dict[str, Any]:
        """Write seeds.json with the seeds whose training is complete.

        Args:
            seeds: Requested seeds, in order.
            failed: Error messages by seed.

        Returns:
            Content of the file. `numbers` has the summary of every metric; a statistic
            that a single run cannot have is null.

        Raises:
            RunError: the seeds were trained on different data, or the file cannot be
                written.
        """
        runs = {
            seed: run
            for seed in seeds
            if seed not in failed and (run := self._trained(seed)) is not None
        }
        metrics = {seed: run.metrics for seed, run in runs.items()}
        recipe = self.recipe.to_dict()
        del recipe["seed"]
        content = {
            "format": FORMAT,
            "name": _name(self.recipe),
            "recipe": recipe,
            "data": self._data(runs),
            "seeds": seeds,
            "runs": [
                {"seed": seed, "folder": self.run_path(seed).name, "metrics": numbers}
                for seed, numbers in metrics.items()
            ],
            "failed": {str(seed): text for seed, text in failed.items()},
            "numbers": _summaries(list(metrics.values())),
        }
        try:
            write_json(self.path / FILE, content)
        except OSError as error:
            raise RunError(self._not_written(error)) from error
        return content

    def _trained(self, seed: int) -> RunFolder | None:
        """Return the run of a seed if its training is complete, otherwise None."""
        if not self.begun(seed):
            return None
        run = RunFolder(self.run_path(seed))
        done = run.finished and run.recipe.epochs == self.recipe.epochs
        return run if done else None

    def _data(self, runs: dict[int, RunFolder]) -> dict[str, Any] | None:
        data = {seed: run.data for seed, run in runs.items()}
        found = {facts["fingerprint"]: facts for facts in data.values()}
        if len(found) > 1:
            names = ", ".join(f"{seed}: {d['name']}" for seed, d in data.items())
            raise RunError(
                f"The seeds in {str(self.path)!r} were trained on different data "
                f"({names}). Choose another folder with --out."
            )
        return next(iter(found.values()), None)


def _name(recipe: Recipe) -> str:
    return recipe.name or recipe.model


def _summaries(metrics: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Summarize every metric over the runs that have it."""
    names = dict.fromkeys(name for numbers in metrics for name in numbers)
    return {
        name: asdict(summarize([m[name] for m in metrics if name in m]))
        for name in names
    }
