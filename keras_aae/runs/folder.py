"""Run folder: recipe, environment, history, metrics, model, checkpoints, figures."""

import csv
import io
import json
import shlex
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from keras_aae.errors import RunError
from keras_aae.files import (
    file_lock,
    is_temporary,
    read_json,
    reason,
    replacing,
    sweep,
    write_json,
    write_text,
)
from keras_aae.lookup import current_metrics, current_terms
from keras_aae.recipe import Recipe

FORMAT = 1
DONE, LOCK = "done", "run.lock"
STATUS = "status.json"


class RunFolder:
    """The files of one run; the README describes them.

    Args:
        path: Path of an existing run folder.

    Raises:
        RunError: the path is not a run folder.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        if not self.path.is_dir():
            raise RunError(
                f"There is no run folder {str(self.path)!r}. `keras-aae list runs` "
                "shows the runs in ./runs."
            )
        if not (self.path / "recipe.json").is_file():
            raise RunError(
                f"{str(self.path)!r} is not a run folder. Expected a recipe.json in it."
            )

    @classmethod
    def create(
        cls, path: str | Path, recipe: Recipe, dataset: dict[str, Any]
    ) -> "RunFolder":
        """Create a run folder with its recipe.

        Raises:
            RunError: the path is taken or cannot be written.
        """
        path = Path(path)
        content = {"format": FORMAT, "recipe": recipe.to_dict(), "data": dataset}
        try:
            _check_free(path)
            path.mkdir(parents=True, exist_ok=True)
            # Only one of two processes that start the same run may create it.
            with _lock(path):
                sweep(path)
                _check_free(path)
                write_json(path / "recipe.json", content)
        except OSError as error:
            raise RunError(
                f"Cannot write the run folder {str(path)!r}: {reason(error)}. Choose "
                "another folder with --out."
            ) from error
        return cls(path)

    @classmethod
    def new_path(cls, name: str, root: str | Path = "runs") -> Path:
        """Return a free path root/NAME_YYYYMMDD-HHMMSS."""
        base = Path(root) / f"{name}_{time.strftime('%Y%m%d-%H%M%S')}"
        path, number = base, 1
        while path.exists():
            number += 1
            path = base.with_name(f"{base.name}-{number}")
        return path

    @property
    def model_path(self) -> Path:
        """Path of the trained model, without optimizer."""
        return self.path / "model.keras"

    @property
    def checkpoints_path(self) -> Path:
        """Path of the folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def snapshots_path(self) -> Path:
        """Path of the folder of snapshots."""
        return self.path / "snapshots"

    @property
    def figures_path(self) -> Path:
        """Path of the folder of figures."""
        return self.path / "figures"

    def _read_json(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunError(
                f"Cannot read {name} of run {str(self.path)!r}: {error}."
            ) from error
        if not isinstance(value, dict):
            raise RunError(
                f"Invalid {name} of run {str(self.path)!r}. Expected a JSON object."
            )
        return value

    def _recipe_file(self) -> dict[str, Any]:
        content = self._read_json("recipe.json")
        if content.get("format") != FORMAT:
            raise RunError(
                f"Run {str(self.path)!r} has format {content.get('format')!r}. "
                f"Expected {FORMAT}; a newer version of keras_aae may have written it."
            )
        return content

    @property
    def recipe(self) -> Recipe:
        """Recipe with all defaults."""
        return Recipe.from_dict(self._recipe_file()["recipe"])

    @property
    def data(self) -> dict[str, Any]:
        """Name, fingerprint and note of the training data set."""
        return self._recipe_file()["data"]

    def write_recipe(self, recipe: Recipe) -> None:
        """Replace the recipe; if it changes, the run is no longer finished."""
        content = self._recipe_file() | {"recipe": recipe.to_dict()}
        if recipe != self.recipe:
            self.write_status(finished=False)
        write_json(self.path / "recipe.json", content)

    @property
    def environment(self) -> dict[str, Any]:
        """Environment in which the run was started; empty before its first step."""
        exists = (self.path / "environment.json").exists()
        return self._read_json("environment.json") if exists else {}

    def write_environment(self, environment: dict[str, Any]) -> None:
        """Replace the environment."""
        write_json(self.path / "environment.json", environment)

    @property
    def metrics(self) -> dict[str, Any]:
        """Metrics of the finished run; empty before."""
        exists = (self.path / "metrics.json").exists()
        return current_metrics(self._read_json("metrics.json")) if exists else {}

    def write_metrics(self, metrics: dict[str, Any]) -> None:
        """Replace the metrics."""
        write_json(self.path / "metrics.json", metrics)

    @property
    def history(self) -> list[dict[str, Any]]:
        """Rows of the history, one per epoch, with numbers as floats."""
        path = self.path / "history.csv"
        if not path.exists():
            return []
        with open(path, newline="", encoding="utf-8") as file:
            return [
                current_terms({k: float(v) for k, v in row.items()})
                for row in csv.DictReader(file)
            ]

    def write_history(self, rows: list[dict[str, Any]]) -> None:
        """Replace the history."""
        if not rows:
            (self.path / "history.csv").unlink(missing_ok=True)
            return
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_text(self.path / "history.csv", text.getvalue())

    def append_history(self, row: dict[str, Any]) -> None:
        """Append a row; `write_history` repairs a row that a kill cut short."""
        path = self.path / "history.csv"
        new = not path.exists()
        with open(path, "a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, row.keys(), lineterminator="\n")
            if new:
                writer.writeheader()
            writer.writerow(row)

    @property
    def snapshots(self) -> dict[int, np.ndarray]:
        """Images decoded from fixed codes, by epoch, (n, H, W, C) in [0, 1]."""
        found = sorted(self.snapshots_path.glob("epoch-*.npy"))
        return {
            int(path.stem.removeprefix("epoch-")): np.load(path, allow_pickle=False)
            / np.float32(255)
            for path in found
        }

    def write_snapshot(self, epoch: int, images: np.ndarray) -> None:
        """Save images in [0, 1] of an epoch."""
        folder = self.snapshots_path
        folder.mkdir(exist_ok=True)
        pixels = np.round(255 * images).astype(np.uint8)
        with replacing(folder / f"epoch-{epoch:06d}.npy") as temporary:
            np.save(temporary, pixels, allow_pickle=False)

    def log(self, text: str) -> None:
        """Append a line with the time to train.log."""
        with open(self.path / "train.log", "a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")

    def sweep(self) -> None:
        """Remove temporary files of killed processes."""
        for folder in (self.path, self.snapshots_path, self.figures_path):
            if folder.is_dir():
                sweep(folder)

    @property
    def finished(self) -> bool:
        """True if training is complete; interrupted runs also have a model."""
        if (self.path / STATUS).exists():
            ended = read_json(self.path / STATUS) == {"finished": True}
        else:
            ended = self._log_ends_in_done()
        return ended and self.model_path.exists()

    def write_status(self, *, finished: bool) -> None:
        """Record whether training is complete."""
        write_json(self.path / STATUS, {"finished": finished})

    def _log_ends_in_done(self) -> bool:
        """Return the status of a run of an earlier version, from its log."""
        try:
            lines = (self.path / "train.log").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return bool(lines) and lines[-1].endswith(f" {DONE}")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lock the run; the kernel releases the lock whenever the process ends.

        Raises:
            RunError: another process holds the lock, or the folder cannot be written.
        """
        with _lock(self.path):
            yield


def resume_command(path: str | Path) -> str:
    """Return the shell command that resumes a run."""
    return f"`keras-aae resume {shlex.quote(str(path))}`"


def _lock(path: Path) -> AbstractContextManager[None]:
    return file_lock(path / LOCK, f"run {str(path)!r}")


def _check_free(path: Path) -> None:
    """Check that a path is free, or has only remains of a run killed at its start."""
    if not path.exists() or (path.is_dir() and not _others(path)):
        return
    raise RunError(_taken(path))


def _others(path: Path) -> list[Path]:
    return [p for p in path.iterdir() if p.name != LOCK and not is_temporary(p)]


def _taken(path: Path) -> str:
    if (path / "recipe.json").exists():
        return (
            f"Run folder {str(path)!r} exists and is never overwritten. Resume it with "
            f"{resume_command(path)}, or choose another folder with --out."
        )
    return f"{str(path)!r} exists and is not empty. Choose another folder with --out."
