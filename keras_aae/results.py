"""What the results folder keeps: of a recipe its figures, and the numbers of every seed."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from keras_aae.errors import RecipeError
from keras_aae.figures.menu import file_name
from keras_aae.recipe import Comparison, Experiment, Recipe

COMPARISONS_FOLDER = "comparisons"
SWEEPS_FOLDER = "sweeps"
TRANSFERS_FOLDER = "transfers"


@dataclass(frozen=True)
class FigureFile:
    """A figure of the results page.

    Args:
        entry: A name on `registry.FIGURES`, or (name, options).
    """

    entry: str | tuple

    @property
    def kind(self) -> str:
        """The name on the menu."""
        return self.entry if isinstance(self.entry, str) else self.entry[0]

    @property
    def options(self) -> dict:
        """The figure's own options."""
        return {} if isinstance(self.entry, str) else dict(self.entry[1])

    @property
    def name(self) -> str:
        """KIND, or KIND-VALUE of its options, which tells two of a kind apart."""
        values = [k if v is True else v for k, v in self.options.items()]
        words = [re.sub(r"[^\w.]+", "-", str(value)).strip("-") for value in values]
        return "-".join([self.kind, *words])

    @property
    def file(self) -> str:
        """The name with the ending of what is drawn."""
        return self.name + Path(file_name(self.kind)).suffix


def figure_files(experiment: Experiment) -> list[FigureFile]:
    """The figures of an experiment's folder, in their order."""
    return [FigureFile(entry) for entry in experiment.figures]


@dataclass(frozen=True)
class Origin:
    """What a result was made of: a recipe as its experiment states it, and its code."""

    recipe: dict
    code: str

    @classmethod
    def of(cls, recipe: Recipe, code: str) -> "Origin":
        """Of a recipe now, in plain JSON values."""
        return cls(json.loads(json.dumps(recipe.to_dict())), code)

    @classmethod
    def read(cls, values: dict) -> "Origin":
        """The inverse of `asdict`; values that recipes have gained take their default.

        Raises:
            RecipeError: the recipe is none of today's.
        """
        return cls.of(Recipe.from_dict(values["recipe"]), values["code"])


@dataclass(frozen=True)
class Measured:
    """One seed's run: its numbers, how long its training took, and on what."""

    seed: int
    epochs: int
    seconds: float
    environment: dict
    metrics: dict[str, float]


@dataclass(frozen=True)
class Result:
    """The content of RESULTS/NAME/metrics.json."""

    origin: Origin
    runs: list[Measured]

    def to_dict(self) -> dict:
        """Ready for JSON."""
        return asdict(self)

    @property
    def by_seed(self) -> dict[int, Measured]:
        """The runs by their seeds."""
        return {run.seed: run for run in self.runs}

    @property
    def metrics(self) -> list[str]:
        """The names of all numbers, in the order of the menu."""
        return list(dict.fromkeys(name for run in self.runs for name in run.metrics))

    def values(self, metric: str) -> list[float]:
        """The number of every seed that has it."""
        return [run.metrics[metric] for run in self.runs if metric in run.metrics]


def _read(path, make):
    """What is made of a JSON file; None if that is nothing, or not of today's format."""
    try:
        return make(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, RecipeError):
        return None


def read_result(folder) -> Result | None:
    """What a folder keeps, or None; see `_read`."""

    def make(values):
        runs = [Measured(**run) for run in values["runs"]]
        return Result(Origin.read(values["origin"]), runs)

    return _read(Path(folder) / "metrics.json", make)


def comparison_file(name: str, comparison: Comparison) -> str:
    """Where a comparison lies in the results folder."""
    suffix = Path(FigureFile(comparison.figure).file).suffix
    return f"{COMPARISONS_FOLDER}/{name}{suffix}"


def read_comparison(path) -> tuple[str, dict[str, Origin]] | None:
    """The figure and the origins of the recipes that a comparison was drawn of."""

    def make(values):
        origins = {k: Origin.read(v) for k, v in values["recipes"].items()}
        return values["figure"], origins

    return _read(path, make)


@dataclass(frozen=True)
class SweepResult:
    """The content of RESULTS/sweeps/NAME.json.

    Args:
        origin: The recipe swept, and its code.
        numbers: str(value) -> str(seed) -> the metric.
    """

    origin: Origin
    numbers: dict[str, dict[str, float]]

    def add(self, value, seed: int, number: float) -> None:
        """Note a number."""
        self.numbers.setdefault(str(value), {})[str(seed)] = number

    def has(self, value, seed: int) -> bool:
        """Whether a seed of a value is measured."""
        return str(seed) in self.numbers.get(str(value), {})

    def at(self, value) -> list[float]:
        """The numbers of all seeds of a value."""
        return list(self.numbers.get(str(value), {}).values())


def read_sweep(path) -> SweepResult | None:
    """What a file keeps, or None; see `_read`."""

    def make(values):
        numbers = {v: dict(by_seed) for v, by_seed in values["numbers"].items()}
        return SweepResult(Origin.read(values["origin"]), numbers)

    return _read(path, make)


@dataclass(frozen=True)
class TransferResult:
    """The content of RESULTS/transfers/NAME.json.

    Args:
        origin: The encoder's recipe, and its code.
        settings: Those of the `recipe.TransferStudy`.
        classes: Their names.
        numbers: Kind of features -> "train" or "test" -> accuracy, AUROC, confusion.
    """

    origin: Origin
    settings: dict
    classes: list[str]
    numbers: dict[str, dict]


def read_transfer(path) -> TransferResult | None:
    """What a file keeps, or None; see `_read`."""

    def make(values):
        return TransferResult(**values | {"origin": Origin.read(values["origin"])})

    return _read(path, make)


def transfer_pictures(name: str) -> tuple[str, str]:
    """Where the confusion matrix and the guesses of a transfer lie in the results folder."""
    confusion, guesses = (
        f"{TRANSFERS_FOLDER}/{name}-{what}.png" for what in ("confusion", "guesses")
    )
    return confusion, guesses
