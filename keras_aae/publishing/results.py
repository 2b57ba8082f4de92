"""Records of the results folder: what is kept of recipes, comparisons, sweeps, transfers."""

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from keras_aae.errors import RecipeError
from keras_aae.evaluation import entry_of, in_menu_order, metric_version
from keras_aae.experiments import Comparison, Experiment
from keras_aae.figures.menu import file_name
from keras_aae.publishing.origin import Origin

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
        """Name of the figure on the menu."""
        return self.entry if isinstance(self.entry, str) else self.entry[0]

    @property
    def options(self) -> dict:
        """Options of the figure."""
        return {} if isinstance(self.entry, str) else dict(self.entry[1])

    @property
    def name(self) -> str:
        """KIND, or KIND-VALUE of its options, which tells two of a kind apart."""
        values = [k if v is True else v for k, v in self.options.items()]
        words = [re.sub(r"[^\w.]+", "-", str(value)).strip("-") for value in values]
        return "-".join([self.kind, *words])

    @property
    def file(self) -> str:
        """Name of the file: that of the figure, and .png or .gif."""
        return self.name + Path(file_name(self.kind)).suffix


def figure_files(experiment: Experiment) -> list[FigureFile]:
    """Return the figures of an experiment's folder, in their order."""
    return [FigureFile(entry) for entry in experiment.figures]


@dataclass(frozen=True)
class Measured:
    """The numbers of one seed's run, how long its training took, and on what.

    Args:
        seed: Of the run.
        epochs: Trained.
        seconds: That the epochs took.
        environment: Engine, device and number of cores.
        metrics: The numbers, by name.
        versions: Of the metrics on the menu, where it is not 1.
        unsupported: Metrics on the menu that do not apply to the model.
    """

    seed: int
    epochs: int
    seconds: float
    environment: dict
    metrics: dict[str, float]
    versions: dict[str, int] = field(default_factory=dict)
    unsupported: list[str] = field(default_factory=list)

    def missing(self, metrics) -> list[str]:
        """Return those of the metrics that were never measured."""
        known = {*map(entry_of, self.metrics), *self.unsupported}
        return [name for name in metrics if name not in known]

    def outdated(self, metrics) -> list[str]:
        """Return those of the metrics that an older version of the code measured."""
        known = {*map(entry_of, self.metrics), *self.unsupported}
        return [
            name
            for name in metrics
            if name in known and self.versions.get(name, 1) != metric_version(name)
        ]

    def with_metrics(self, asked, metrics: dict[str, float]) -> "Measured":
        """Return the numbers with those of the metrics asked for in place of older ones."""
        kept = {k: v for k, v in self.metrics.items() if entry_of(k) not in asked}
        found = {entry_of(name) for name in metrics}
        versions = {name: metric_version(name) for name in asked}
        return replace(
            self,
            metrics=in_menu_order({**kept, **metrics}),
            versions={k: v for k, v in {**self.versions, **versions}.items() if v != 1},
            unsupported=[
                *(name for name in self.unsupported if name not in asked),
                *(name for name in asked if name not in found),
            ],
        )


@dataclass(frozen=True)
class Record:
    """What the results folder keeps of something that was made.

    Args:
        origins: Of the recipes that it was made of, by their names.
    """

    origins: dict[str, Origin]

    @classmethod
    def read(cls, path):
        """Return what a JSON file keeps; None if there is none, or none of today's format."""
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls._of(values)
        except (OSError, ValueError, KeyError, TypeError, RecipeError):
            return None

    @classmethod
    def _of(cls, values: dict):
        origins = {k: Origin.read(v) for k, v in values["origins"].items()}
        return cls(**values | {"origins": origins})


@dataclass(frozen=True)
class RecipeRecord(Record):
    """The content of RESULTS/NAME/metrics.json: the runs of all seeds."""

    runs: list[Measured] = field(default_factory=list)

    @classmethod
    def _of(cls, values):
        return super()._of(values | {"runs": [Measured(**r) for r in values["runs"]]})

    @property
    def by_seed(self) -> dict[int, Measured]:
        """The runs by their seeds."""
        return {run.seed: run for run in self.runs}

    @property
    def metrics(self) -> list[str]:
        """The names of all numbers, in the order of the first run."""
        return list(dict.fromkeys(name for run in self.runs for name in run.metrics))

    def values(self, metric: str) -> list[float]:
        """Return the number of every seed that has it."""
        return [run.metrics[metric] for run in self.runs if metric in run.metrics]


@dataclass(frozen=True)
class ComparisonRecord(Record):
    """The content of RESULTS/comparisons/NAME.json: the name of the figure."""

    figure: str = ""


@dataclass(frozen=True)
class SweepRecord(Record):
    """The content of RESULTS/sweeps/NAME.json.

    Args:
        numbers: str(value) -> str(seed) -> the metric.
        version: Of the metric.
    """

    numbers: dict[str, dict[str, float]] = field(default_factory=dict)
    version: int = 1

    def add(self, value, seed: int, number: float) -> None:
        """Add the number of a value and a seed."""
        self.numbers.setdefault(str(value), {})[str(seed)] = number

    def has(self, value, seed: int) -> bool:
        """Return whether the number of a value and a seed is there."""
        return str(seed) in self.numbers.get(str(value), {})

    def at(self, value) -> list[float]:
        """Return the numbers of all seeds of a value."""
        return list(self.numbers.get(str(value), {}).values())


@dataclass(frozen=True)
class TransferRecord(Record):
    """The content of RESULTS/transfers/NAME.json.

    Args:
        settings: Those of the `experiments.TransferStudy`.
        classes: Their names.
        numbers: Kind of features -> "train" or "test" -> accuracy, AUROC, confusion.
    """

    settings: dict = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    numbers: dict[str, dict] = field(default_factory=dict)


def recipe_file(name: str) -> str:
    """Return where the numbers of a recipe lie in the results folder."""
    return f"{name}/metrics.json"


def comparison_file(name: str, comparison: Comparison) -> str:
    """Return where a comparison lies in the results folder."""
    suffix = Path(FigureFile(comparison.figure).file).suffix
    return f"{COMPARISONS_FOLDER}/{name}{suffix}"


def transfer_pictures(name: str) -> tuple[str, str]:
    """Return where a transfer's confusion matrix and guesses lie in the results folder."""
    return tuple(
        f"{TRANSFERS_FOLDER}/{name}-{what}.png" for what in ("confusion", "guesses")
    )


def sweep_file(name: str, suffix: str) -> str:
    """Return where the numbers or the curve of a sweep lie in the results folder."""
    return f"{SWEEPS_FOLDER}/{name}{suffix}"


def transfer_file(name: str) -> str:
    """Return where the numbers of a transfer lie in the results folder."""
    return f"{TRANSFERS_FOLDER}/{name}.json"
