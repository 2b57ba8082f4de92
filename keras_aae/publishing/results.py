"""Records of the results folder: what is kept of recipes, comparisons, sweeps, transfers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from keras_aae.errors import RecipeError
from keras_aae.evaluation import (
    entry_of,
    in_menu_order,
    measured_by_default,
    metric_version,
)
from keras_aae.experiments import (
    COMPARISONS,
    RECIPES,
    SWEEPS,
    TRANSFERS,
    Comparison,
    Experiment,
)
from keras_aae.publishing.figure_file import FigureFile
from keras_aae.publishing.origin import Origin


def metrics_of(experiment: Experiment) -> list[str]:
    """Return the metrics that every seed of an experiment is measured by."""
    return [*measured_by_default(), *experiment.metrics]


@dataclass(frozen=True)
class SeedResult:
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
    environment: dict[str, Any]
    metrics: dict[str, float]
    versions: dict[str, int] = field(default_factory=dict)
    unsupported: list[str] = field(default_factory=list)

    def missing(self, metrics: Iterable[str]) -> list[str]:
        """Return those of the metrics that were never measured."""
        known = {*map(entry_of, self.metrics), *self.unsupported}
        return [name for name in metrics if name not in known]

    def outdated(self, metrics: Iterable[str]) -> list[str]:
        """Return those of the metrics that an older version of the code measured."""
        known = {*map(entry_of, self.metrics), *self.unsupported}
        return [
            name
            for name in metrics
            if name in known and self.versions.get(name, 1) != metric_version(name)
        ]

    def with_metrics(self, asked: list[str], metrics: dict[str, float]) -> "SeedResult":
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

    place = ""
    origins: dict[str, Origin]

    @classmethod
    def file(cls, name: str) -> str:
        """Return where the record of this name lies in the results folder."""
        return cls.place.format(name)

    @classmethod
    def read(cls, path: str | Path) -> Self | None:
        """Return what a JSON file keeps; None if there is none, or none of today's format."""
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls._of(values)
        except (OSError, ValueError, KeyError, TypeError, RecipeError):
            return None

    @classmethod
    def _of(cls, values: dict[str, Any]) -> Self:
        origins = {k: Origin.read(v) for k, v in values["origins"].items()}
        return cls(**values | {"origins": origins})


@dataclass(frozen=True)
class RecipeRecord(Record):
    """The runs of all seeds of a recipe."""

    place = "{}/metrics.json"
    runs: list[SeedResult] = field(default_factory=list)

    @classmethod
    def _of(cls, values: dict[str, Any]) -> Self:
        return super()._of(values | {"runs": [SeedResult(**r) for r in values["runs"]]})

    @property
    def by_seed(self) -> dict[int, SeedResult]:
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
    """The name of a comparison's figure."""

    place = "comparisons/{}.json"
    figure: str = ""


@dataclass(frozen=True)
class SweepRecord(Record):
    """The numbers of a sweep.

    Args:
        numbers: str(value) -> str(seed) -> the metric.
        version: Of the metric.
    """

    place = "sweeps/{}.json"
    numbers: dict[str, dict[str, float]] = field(default_factory=dict)
    version: int = 1

    def add(self, value: Any, seed: int, number: float) -> None:
        """Add the number of a value and a seed."""
        self.numbers.setdefault(str(value), {})[str(seed)] = number

    def has(self, value: Any, seed: int) -> bool:
        """Return whether the number of a value and a seed is there."""
        return str(seed) in self.numbers.get(str(value), {})

    def at(self, value: Any) -> list[float]:
        """Return the numbers of all seeds of a value."""
        return list(self.numbers.get(str(value), {}).values())


@dataclass(frozen=True)
class TransferRecord(Record):
    """The numbers of a transfer.

    Args:
        settings: Those of the `experiments.TransferStudy`.
        classes: Their names.
        numbers: Kind of features -> "train" or "test" -> accuracy, AUROC, confusion.
    """

    place = "transfers/{}.json"
    settings: dict[str, Any] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)


def comparison_picture(comparison: Comparison) -> str:
    """Return where a comparison's figure lies in the results folder."""
    suffix = Path(FigureFile(comparison.figure).file).suffix
    return f"comparisons/{comparison.name}{suffix}"


def sweep_picture(name: str) -> str:
    """Return where the curve of a sweep lies in the results folder."""
    return f"sweeps/{name}.png"


def transfer_pictures(name: str) -> tuple[str, str]:
    """Return where a transfer's confusion matrix and guesses lie in the results folder."""
    return f"transfers/{name}-confusion.png", f"transfers/{name}-guesses.png"


@dataclass(frozen=True)
class Kept:
    """What a results folder keeps of all that is on the menus, in their order.

    Args:
        folder: The results folder.
        recipes: Records of recipes, by their names.
        sweeps: Records of sweeps.
        transfers: Records of transfers whose pictures are there too.
        comparisons: Names of comparisons whose pictures are there.
    """

    folder: Path
    recipes: dict[str, RecipeRecord]
    sweeps: dict[str, SweepRecord]
    transfers: dict[str, TransferRecord]
    comparisons: list[str]

    @classmethod
    def read(cls, folder: str | Path) -> "Kept":
        """Return what there is, whether it is stale or not."""
        folder = Path(folder)

        def has(*files: str) -> bool:
            return all((folder / file).exists() for file in files)

        def read(kind: type[Record], names: Iterable[str]) -> dict[str, Any]:
            records = {name: kind.read(folder / kind.file(name)) for name in names}
            return {name: kept for name, kept in records.items() if kept is not None}

        return cls(
            folder,
            read(RecipeRecord, RECIPES),
            read(SweepRecord, SWEEPS),
            read(TransferRecord, [n for n in TRANSFERS if has(*transfer_pictures(n))]),
            [n for n, wanted in COMPARISONS.items() if has(comparison_picture(wanted))],
        )
