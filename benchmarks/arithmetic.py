"""Ratios of readings from the same round."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """Median, lowest and highest of some readings."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values) -> "Spread | None":
        """Return the spread of some values, or None if there are none."""
        values = list(values)
        return cls(median(values), min(values), max(values)) if values else None


def seconds(rounds, label) -> Spread | None:
    """Return the spread of a contender's readings over its rounds."""
    return Spread.of(row[label] for row in rounds if label in row)


def ratio(rounds, label, base) -> Spread | None:
    """Return the spread of the ratio of two contenders, taken within each round."""
    both = [row for row in rounds if label in row and base in row]
    return Spread.of(row[label] / row[base] for row in both)


def fastest(rounds, labels) -> str | None:
    """Return the contender with the lowest median."""
    found = {k: s.median for k in labels if (s := seconds(rounds, k)) is not None}
    return min(found, key=found.get) if found else None
