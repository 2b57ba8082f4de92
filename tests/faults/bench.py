"""A small training of every family, started and resumed through the command line."""

import json
import random
import sys
import time
from functools import cached_property
from pathlib import Path

import numpy as np
from families import OPTIONS, SMALL
from keras_aae.cli.main import main

from faults.processes import Ended, Process, run
from faults.states import Belongings, final_state
from keras_aae.recipe import Recipe, training_words
from keras_aae.registry import MODELS
from keras_aae.runs.folder import RunFolder
from keras_aae.training.build import family

FAMILIES = list(MODELS)
OPTIMIZERS = (
    "adam",
    {"name": "sgd", "momentum": 0.9},
    "rmsprop",
    "adamw",
    "nadam",
    "lion",
)
RATES = ("cosine:0.003:0.0001:4", 0.002, "linear:0.002:0:4")
QUIET = ["--no-figures", "--no-evaluation", "--checkpoint-seconds", "0"]


def recipe_of(name: str, data: Path) -> Recipe:
    """Return a recipe with everything that makes resuming harder.

    It has validation images, an odd last batch, a schedule, early stopping, and an
    optimizer that differs by family.
    """
    number = FAMILIES.index(name)
    options = {k: v for k, v in SMALL.items() if k in family(name).options()}
    return Recipe(
        model=name,
        dataset=str(data),
        options=options | OPTIONS.get(name, {}),
        epochs=4,
        batch_size=8,
        validation=9,
        monitor="val_loss",
        patience=2,
        optimizer=OPTIMIZERS[number % len(OPTIMIZERS)],
        learning_rate=RATES[number % len(RATES)],
        execution="graph",
    )


def write_data(path: Path) -> Path:
    """Write 70 gray images of 8x8 of four classes, 9 of them for testing."""
    rng = np.random.default_rng(0)
    y = np.arange(70) % 4
    x = rng.integers(0, 40, (70, 8, 8, 1))
    for image, label in zip(x, y, strict=True):
        image[4 * (label // 2) :, 4 * (label % 2) :] += 200
    x = x.astype("uint8")
    np.savez(path, x_train=x[9:], y_train=y[9:], x_test=x[:9], y_test=y[:9])
    return path


class Tally:
    """Number of tries, and what went wrong in them."""

    def __init__(self):
        self.tries, self.lost, self.wrong = 0, [], []

    def check_lost(self, before: Belongings, where: str):
        """Record what has been lost since `before`."""
        self.lost += [f"{where}: {what}" for what in before.losses()]

    def check_said(self, ended: Ended, codes, where: str):
        """Record an unexpected exit code, or an error without an explanation."""
        unclear = "Traceback" in ended.said or "Error: Unexpected" in ended.said
        if ended.code not in codes or unclear:
            self.wrong.append(f"{where}: ended by {ended.code}: {ended.said[-600:]}")


class Bench:
    """A recipe of a family, its undisturbed run, and folders for runs with faults.

    Args:
        name: Name of the family.
        folder: Folder for all files.
        seed: Seed of the random faults.
        recipe: Recipe to train; None is that of the family, on data in the folder.
    """

    def __init__(self, name: str, folder: Path, seed: int = 0, recipe=None):
        self.name, self.folder = name, folder
        self.random = random.Random(f"{name} {seed}")
        self.data = folder / "data.npz"
        self.recipe = recipe or recipe_of(name, write_data(self.data))
        self._made = 0

    def beside(self, folder: Path, **changes) -> "Bench":
        """Return a bench with a changed recipe, and with the same randomness."""
        recipe = self.recipe.replace(**changes)
        other = Bench(self.name, folder, recipe=recipe)
        other.random = self.random
        return other

    def new_folder(self) -> Path:
        """Return a path for a new run."""
        self._made += 1
        return self.folder / f"run-{self._made}"

    def work(self, path: Path, first=None):
        """Return the work of a process that trains or resumes the run at a path.

        Args:
            path: Path of the run folder.
            first: Function called first in the process.
        """
        if (path / "recipe.json").exists():
            words = ["resume", *QUIET, "--", str(path)]
        else:
            words = [*training_words(self.recipe, Recipe().to_dict()), *QUIET]
            words += [f"--out={path}"]
        return command(words, first)

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the recipe of the finished run."""
        return RunFolder(self.finished).recipe.fingerprint

    def evaluating(self, path: Path, first=None):
        """Return the work of a process that evaluates a run."""
        return command(["evaluate", str(path)], first)

    def start(self, path: Path, first=None) -> Process:
        """Start a process that trains or resumes."""
        return Process(self.work(path, first))

    def start_and_wait(self, path: Path) -> Process:
        """Start a process that trains or resumes; wait a random time or to its end."""
        is_new = not (path / "recipe.json").exists()
        started, process = time.monotonic(), self.start(path)
        runs = process.runs_for(self.random.uniform(0, self.seconds))
        if not runs and is_new and process.wait().code == 0:
            # The machine has become faster: most instants would come too late.
            self.seconds = time.monotonic() - started
        return process

    def go_on(self, path: Path, first=None) -> Ended:
        """Train or resume to the end."""
        return run(self.work(path, first))

    @cached_property
    def whole(self) -> dict:
        """Final state of the undisturbed run."""
        path = self.new_folder()
        started = time.monotonic()
        ended = self.go_on(path)
        self.seconds = time.monotonic() - started
        if ended.code != 0:
            raise RuntimeError(f"{self.name} does not train: {ended.said[-2000:]}")
        self.finished = path
        return final_state(path)

    def check_end(self, tally: Tally, path: Path, where: str, first=None):
        """Resume to the end; record every difference from the undisturbed run."""
        ended = self.go_on(path, first)
        tally.check_said(ended, (0,), where)
        if ended.code == 0:
            tally.wrong += [f"{where}: {what}" for what in self.differences(path)]

    def differences(self, path: Path) -> list[str]:
        """Return the differences from the undisturbed run."""
        try:
            state = final_state(path)
        except (OSError, ValueError, KeyError) as error:
            return [f"the finished run cannot be read: {error!r}"]
        return [
            f"{key} differs: {_short(state[key])}, expected {_short(value)}"
            for key, value in self.whole.items()
            if state[key] != value
        ]


def _short(value) -> str:
    return json.dumps(value)[:300]


def command(words: list[str], first=None):
    """Return a command of the command line as work for a process."""

    def work():
        if first is not None:
            first()
        sys.argv = ["keras-aae", *words]
        main()

    return work
