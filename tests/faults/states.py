"""Content of run folders, read without Keras, to compare runs and to find losses."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import h5py
import numpy as np

TIMING = ("seconds", "images_per_second")


def final_state(run: Path) -> dict:
    """Return SHA-256 of all tensors of checkpoint and model, and the history."""
    newest = run / "checkpoints" / f"step-{newest_step(run):08d}"
    progress = json.loads((newest / "manifest.json").read_text())["progress"]
    best, status = newest / "best.npz", run / "status.json"
    state = {
        "checkpoint": newest.name,
        "tensors": tensors_sha256(newest / "state.keras"),
        "model": tensors_sha256(run / "model.keras"),
        "status": json.loads(status.read_text()) if status.exists() else None,
        "best": arrays_sha256(best) if best.exists() else None,
        "progress": {
            k: v for k, v in progress.items() if k not in ("history", *TIMING)
        },
        "rows": [_without_timing(row) for row in progress["history"]],
    }
    with open(run / "history.csv", newline="") as file:
        rows = [_without_timing(row) for row in csv.DictReader(file)]
    return state | {"history": rows}


def _without_timing(row):
    return {key: value for key, value in row.items() if key not in TIMING}


def tensors_sha256(path: Path) -> str:
    """Return SHA-256 of the arrays of a `.keras` file with names, shapes and types.

    Raises:
        ValueError: the archive is damaged.
    """
    digest = hashlib.sha256()

    def add(name, item):
        if isinstance(item, h5py.Dataset):
            digest.update(f"{name} {item.shape} {item.dtype} ".encode())
            digest.update(np.ascontiguousarray(item[()]).tobytes())

    with zipfile.ZipFile(path) as archive:
        weights = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(weights, "r") as file:
        file.visititems(add)
    return digest.hexdigest()


def arrays_sha256(path: Path) -> str:
    """Return SHA-256 of the arrays of an `.npz` file."""
    with np.load(path, allow_pickle=False) as arrays:
        parts = [arrays[name].tobytes() for name in sorted(arrays.files)]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def newest_step(run: Path) -> int:
    """Return the steps of the newest checkpoint that matches its manifest, or -1."""
    steps = [-1]
    for folder in (run / "checkpoints").glob("step-????????"):
        if _is_whole(folder):
            steps.append(int(folder.name[5:]))
    return max(steps)


def _is_whole(folder) -> bool:
    try:
        files = json.loads((folder / "manifest.json").read_text())["files"]
        found = {name: (folder / name).read_bytes() for name in files}
    except (OSError, ValueError, KeyError):
        return False
    return all(hashlib.sha256(c).hexdigest() == files[n] for n, c in found.items())


class Belongings:
    """Content of a run folder that no fault may remove."""

    def __init__(self, run: Path):
        self.run, self.step = run, newest_step(run)
        self.recipe = _content(run / "recipe.json")
        self.model = (run / "model.keras").exists()
        self.foreign = {
            path: path.read_bytes()
            for path in (*run.glob("mine*"), *run.glob("checkpoints/mine*"))
        }

    def losses(self) -> list[str]:
        """Return what has been lost."""
        now, lost = Belongings(self.run), []
        if now.step < self.step:
            lost.append(f"the newest checkpoint was {self.step} and is {now.step}")
        if self.recipe and now.recipe != self.recipe:
            lost.append("recipe.json changed")
        if self.model and not zipfile.is_zipfile(self.run / "model.keras"):
            lost.append("model.keras is gone or damaged")
        changed = [p.name for p, c in self.foreign.items() if now.foreign.get(p) != c]
        return lost + [f"{name} is gone or changed" for name in changed]


def _content(path):
    return path.read_bytes() if path.exists() else None
