"""Checkpoints: written atomically, and verified before use.

A checkpoint is a folder step-########/ with the complete state of the training:
state.keras (weights, optimizers, random states), best.npz (weights of the best epoch,
if it is kept) and manifest.json (SHA-256 of both files, and the progress).
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from keras_aae.engine import PhasedModel
from keras_aae.engine.loop import Progress
from keras_aae.errors import RunError
from keras_aae.files import reason, sha256, sync_file, sync_folder, write_json
from keras_aae.model_files.saving import load_model, require_finite

KEEP = 2
FORMAT = 1
# Maximum share of the time that is spent on saving.
COST = 0.01
# Prefix of folders that are not yet, or no longer, checkpoints.
SAVING = ".saving-"
# Missing files cannot come back; unreadable ones may become readable.
MISSING = (FileNotFoundError, IsADirectoryError, NotADirectoryError)
LEAST_SECONDS = 10.0


class Checkpoints:
    """The checkpoints of a run.

    Args:
        path: Path of their folder.
        fingerprint: Fingerprint of the recipe; other checkpoints are refused.
        seconds: Seconds between checkpoints; None keeps their cost low.
    """

    def __init__(
        self, path: str | Path, fingerprint: str, seconds: float | None = None
    ):
        self.path, self.fingerprint, self.seconds = Path(path), fingerprint, seconds
        self._interval = LEAST_SECONDS if seconds is None else seconds
        self._saved = time.monotonic()

    @property
    def due(self) -> bool:
        """True if it is time for the next checkpoint."""
        return time.monotonic() - self._saved >= self._interval

    def sweep(self) -> None:
        """Remove incomplete checkpoints of killed processes."""
        for leftover in self.path.glob(f"{SAVING}*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def save(
        self,
        model: PhasedModel,
        progress: Progress,
        steps: int,
        best_weights: list[np.ndarray] | None = None,
    ) -> Path:
        """Write a checkpoint after `steps` steps in total, then remove old ones.

        Raises:
            DivergedError: a weight is not finite; nothing is written.
            OSError: the checkpoint cannot be written; older ones are intact.
        """
        started = time.monotonic()
        final = self.path / f"step-{steps:08d}"
        if not final.exists():
            require_finite(model)
            self.path.mkdir(exist_ok=True)
            temporary = self.path / f"{SAVING}{steps:08d}-{os.getpid()}"
            try:
                self._write(temporary, model, progress, best_weights)
                os.rename(temporary, final)
                sync_folder(self.path)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
            self._prune()
        self._saved = time.monotonic()
        if self.seconds is None:
            self._interval = max(LEAST_SECONDS, (self._saved - started) / COST)
        return final

    def _write(
        self,
        folder: Path,
        model: PhasedModel,
        progress: Progress,
        best_weights: list[np.ndarray] | None,
    ) -> None:
        folder.mkdir()
        model.save(folder / "state.keras")
        if best_weights is not None:
            np.savez(folder / "best.npz", *best_weights)
        files = {}
        for file in sorted(folder.iterdir()):
            sync_file(file)
            files[file.name] = sha256(file)
        manifest = {
            "format": FORMAT,
            "recipe": self.fingerprint,
            "files": files,
            "progress": progress.to_dict(),
        }
        manifest["sha256"] = _digest(manifest)
        write_json(folder / "manifest.json", manifest)

    def _prune(self) -> None:
        valid = [path for path in self._newest_first() if not _fault(path)]
        for path in valid[KEEP:]:
            # Rename first: a kill must not leave half a checkpoint; `sweep` removes it.
            leftover = path.with_name(f"{SAVING}{path.name}")
            os.rename(path, leftover)
            shutil.rmtree(leftover, ignore_errors=True)

    def _newest_first(self) -> list[Path]:
        found = [p for p in self.path.glob("step-*") if p.name[5:].isdigit()]
        return sorted(found, key=lambda p: int(p.name[5:]), reverse=True)

    def newest(
        self, report: Callable[[str], object] = lambda text: None
    ) -> Path | None:
        """Return the newest valid checkpoint; set damaged ones aside and report them.

        Raises:
            RunError: all checkpoints are damaged, or the newest valid one has another
                recipe or a newer format, or cannot be read.
        """
        found = self._newest_first()
        for path in found:
            fault = self._fault(path)
            if not fault:
                self._check_recipe(path)
                return path
            report(f"Checkpoint {path.name} is damaged ({fault}); set aside.")
            # If it cannot be renamed, an older checkpoint can still be used.
            with suppress(OSError):
                _set_aside(path)
        if found:
            raise RunError(
                f"All {len(found)} checkpoints in {str(self.path)!r} are damaged. They "
                "were renamed to .bad. Start the run again in another folder."
            )
        return None

    def _fault(self, path: Path) -> str:
        try:
            return _fault(path)
        except OSError as error:
            raise RunError(
                f"Cannot read checkpoint {path.name} in {str(self.path)!r}: "
                f"{reason(error)}. It was not changed. Make it readable and retry."
            ) from error

    def _check_recipe(self, path: Path) -> None:
        if _manifest(path)["recipe"] != self.fingerprint:
            raise RunError(
                f"Checkpoint {path.name} does not match the recipe of the run. Undo "
                "the change in recipe.json, or start a new run."
            )


def load_checkpoint(
    path: Path,
) -> tuple[PhasedModel, Progress, list[np.ndarray] | None]:
    """Load the compiled model, its progress, and the best weights or None."""
    model = load_model(path / "state.keras", compile=True)
    progress = Progress.from_dict(_manifest(path)["progress"])
    best = path / "best.npz"
    if not best.exists():
        return model, progress, None
    with np.load(best, allow_pickle=False) as arrays:
        return model, progress, [arrays[f"arr_{i}"] for i in range(len(arrays.files))]


def _manifest(path: Path) -> Any:
    return json.loads((path / "manifest.json").read_text(encoding="utf-8"))


def _digest(manifest: dict[str, Any]) -> str:
    values = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _fault(path: Path) -> str:
    """Return a description of the damage of a checkpoint, or "".

    Raises:
        RunError: a newer version wrote the checkpoint, so it cannot be checked.
        OSError: the checkpoint exists but cannot be read, so it cannot be checked.
    """
    try:
        manifest = _manifest(path)
        if manifest["sha256"] != _digest(manifest):
            return "manifest.json has changed"
        _check_format(path, manifest["format"])
        for name, digest in manifest["files"].items():
            if sha256(path / name) != digest:
                return f"{name} has changed"
        Progress(**manifest["progress"])
        return "" if "state.keras" in manifest["files"] else "no state.keras"
    except RunError:
        raise
    except (*MISSING, ValueError, KeyError, TypeError) as error:
        return str(error) or type(error).__name__


def _check_format(path: Path, found: object) -> None:
    if isinstance(found, int) and found > FORMAT:
        raise RunError(
            f"Checkpoint {path.name} has format {found}. Expected at most {FORMAT}. A "
            "newer version of keras_aae wrote it; resume with that version."
        )
    if found != FORMAT:
        raise ValueError(f"format {found!r}, expected {FORMAT}")


def _set_aside(path: Path) -> None:
    target, number = path.with_name(path.name + ".bad"), 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.bad-{number}")
    path.rename(target)
