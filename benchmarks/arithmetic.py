"""Ratios of readings taken in the same round."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The median of some readings, and how far they went."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values) -> "Spread | None":
        """Of some values; None of none."""
        values = list(values)
        return cls(median(values), min(values), max(values)) if values else None


def seconds(rounds, label) -> Spread | None:
    """A contender's readings over the rounds it took part in."""
    return Spread.of(row[label] for row in rounds if label in row)


def ratio(rounds, label, base) -> Spread | None:
    """A contender's seconds over another's, each of the same round."""
    both = [row for row in rounds if label in row and base in row]
    return Spread.of(row[label] / row[base] for row in both)


def fastest(rounds, labels) -> str | None:
    """Which of some contenders has the lowest median."""
    found = {k: s.median for k in labels if (s := seconds(rounds, k)) is not None}
    return min(found, key=found.get) if found else None
