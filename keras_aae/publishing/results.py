"""Records of recipes, comparisons, sweeps and transfers in the results folder."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
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
    """Return the metrics that are measured for every seed of an experiment."""
    return [*measured_by_default(), *experiment.metrics]


@dataclass(frozen=True)
class SeedResult:
    """Metrics of one seed's run, with its training time and environment.

    Args:
        seed: Seed of the run.
        epochs: Number of epochs trained.
        seconds: Training time in seconds.
        environment: Engine, device and number of cores.
        metrics: Values of the metrics, by name.
        versions: Versions of the metrics by registry key, where not 1.
        unsupported: Registry keys of metrics that do not apply to the model.
    """

    seed: int
    epochs: int
    seconds: float
    environment: dict[str, Any]
    metrics: dict[str, float]
    versions: dict[str, int] = field(default_factory=dict)
    unsupported: list[str] = field(default_factory=list)

    @cached_property
    def _known(self) -> set[str]:
        """Metrics on the menu that were measured, or that do not apply."""
        return {*map(entry_of, self.metrics), *self.unsupported}

    def missing(self, metrics: Iterable[str]) -> list[str]:
        """Return the metrics that were never measured."""
        return [name for name in metrics if name not in self._known]

    def outdated(self, metrics: Iterable[str]) -> list[str]:
        """Return the metrics that were measured by an older version of the code."""
        return [
            name
            for name in metrics
            if name in self._known
            and self.versions.get(name, 1) != metric_version(name)
        ]

    def with_metrics(self, asked: list[str], metrics: dict[str, float]) -> "SeedResult":
        """Return a copy with new values of some metrics.

        Args:
            asked: Registry keys of the metrics that were measured.
            metrics: Their values, by name; none for unsupported metrics.
        """
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
    """Record of a result in the results folder.

    Args:
        origins: Origins of the recipes that it was made from, by name.
    """

    place = ""
    origins: dict[str, Origin]

    @classmethod
    def file(cls, name: str) -> str:
        """Return the path of a record, relative to the results folder."""
        return cls.place.format(name)

    @classmethod
    def read(cls, path: str | Path) -> Self | None:
        """Return the record in a JSON file; None if it is missing or outdated."""
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
    """Record of a recipe: the runs of all seeds."""

    place = "{}/metrics.json"
    runs: list[SeedResult] = field(default_factory=list)

    @classmethod
    def _of(cls, values: dict[str, Any]) -> Self:
        return super()._of(values | {"runs": [SeedResult(**r) for r in values["runs"]]})

    @property
    def by_seed(self) -> dict[int, SeedResult]:
        """Runs by seed."""
        return {run.seed: run for run in self.runs}

    @property
    def metrics(self) -> list[str]:
        """Names of all metrics, in the order of the first run."""
        return list(dict.fromkeys(name for run in self.runs for name in run.metrics))

    def values(self, metric: str) -> list[float]:
        """Return the values of a metric, one for each seed that has it."""
        return [run.metrics[metric] for run in self.runs if metric in run.metrics]


@dataclass(frozen=True)
class ComparisonRecord(Record):
    """Record of a comparison: the name of its figure."""

    place = "comparisons/{}.json"
    figure: str = ""


@dataclass(frozen=True)
class SweepRecord(Record):
    """Record of a sweep.

    Args:
        origins: Origin of the sweep's recipe, by name.
        numbers: Values of the metric, as str(value) -> str(seed) -> metric.
        version: Version of the metric.
    """

    place = "sweeps/{}.json"
    numbers: dict[str, dict[str, float]] = field(default_factory=dict)
    version: int = 1

    def add(self, value: Any, seed: int, number: float) -> None:
        """Add the metric at a value of the sweep and a seed."""
        self.numbers.setdefault(str(value), {})[str(seed)] = number

    def has(self, value: Any, seed: int) -> bool:
        """Return whether there is a metric at a value and a seed."""
        return str(seed) in self.numbers.get(str(value), {})

    def at(self, value: Any) -> list[float]:
        """Return the metrics of all seeds at a value."""
        return list(self.numbers.get(str(value), {}).values())


@dataclass(frozen=True)
class TransferRecord(Record):
    """Record of a transfer study.

    Args:
        origins: Origin of the encoder's recipe, by name.
        settings: Settings of the `experiments.TransferStudy`.
        classes: Names of the classes.
        numbers: Kind of features -> "train" or "test" -> accuracy, AUROC, confusion.
    """

    place = "transfers/{}.json"
    settings: dict[str, Any] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)


def comparison_picture(comparison: Comparison) -> str:
    """Return the path of a comparison's figure, relative to the results folder."""
    suffix = Path(FigureFile(comparison.figure).file).suffix
    return f"comparisons/{comparison.name}{suffix}"


def sweep_picture(name: str) -> str:
    """Return the path of a sweep's curve, relative to the results folder."""
    return f"sweeps/{name}.png"


def transfer_pictures(name: str) -> tuple[str, str]:
    """Return the paths of a transfer's confusion matrix and sample predictions."""
    return f"transfers/{name}-confusion.png", f"transfers/{name}-guesses.png"


@dataclass(frozen=True)
class Kept:
    """All records of a results folder, in the order of the registries.

    Args:
        folder: Results folder.
        recipes: Records of recipes, by name.
        sweeps: Records of sweeps, by name.
        transfers: Records of transfers whose figures exist, by name.
        comparisons: Names of comparisons whose figures exist.
    """

    folder: Path
    recipes: dict[str, RecipeRecord]
    sweeps: dict[str, SweepRecord]
    transfers: dict[str, TransferRecord]
    comparisons: list[str]

    @classmethod
    def read(cls, folder: str | Path) -> "Kept":
        """Return all records in a folder, current or stale."""
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
