"""Evaluation of a model of any family, as one dict of named metrics."""

from collections.abc import Callable
from typing import Annotated, Any

from keras_aae.checks import Choice, Seed, validated
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.lookup import load_entry
from keras_aae.registry import METRICS, SLOW_METRICS

__all__ = [
    "Metrics",
    "describe",
    "entry_of",
    "evaluate",
    "in_menu_order",
    "measured_by_default",
    "metric_version",
]


class MetricNames(Choice):
    """One name of a metric or a list of them."""

    def read(self, value: Any) -> list[str]:
        """Return the names as a list, or raise ValueError."""
        names = value if isinstance(value, list | tuple) else [value]
        return [super(MetricNames, self).read(name) for name in names]


Metrics = Annotated[Any, MetricNames(METRICS)]


@validated
def evaluate(
    model: Any,
    dataset: Dataset,
    *,
    seed: Seed = 0,
    names: Metrics | None = None,
    strict: bool = True,
) -> dict[str, float]:
    """Compute metrics of a model on the test images of a data set.

    Args:
        model: Any model of `keras_aae`.
        dataset: Data set; its training images serve as labeled examples.
        seed: Seed of the random draws.
        names: Keys of `registry.METRICS`. None computes all that apply, except the slow
            ones.
        strict: Raise an error if a named metric does not apply; otherwise skip it.

    Returns:
        Value of each metric by name, in the order of `registry.METRICS`. One key may
        yield several values, named by the key and a suffix: `space_share_0`,
        `space_share_1`, ...

    Raises:
        RecipeError: A name is unknown, or the seed is invalid.
        UnsupportedError: A named metric does not apply to the model or the data.
    """
    functions: dict[Callable[..., dict[str, float]], list[str]] = {}
    values: dict[str, float] = {}
    for name in measured_by_default() if names is None else names:
        functions.setdefault(load_entry(name, METRICS, "metric"), []).append(name)
    strict = strict and names is not None
    for function, wanted in functions.items():
        try:
            numbers = function(model, dataset, seed)
        except UnsupportedError:
            if strict:
                raise
            continue
        values |= {k: float(v) for k, v in numbers.items() if entry_of(k) in wanted}
    measured = {entry_of(number) for number in values}
    missing = [name for name in names or () if strict and name not in measured]
    if missing:
        raise UnsupportedError(
            f"Metric {missing[0]!r} does not apply to this model and data set. Leave "
            "it out."
        )
    return in_menu_order(values)


def measured_by_default() -> list[str]:
    """Return the metrics that are computed by default: all except the slow ones."""
    return [name for name in METRICS if name not in SLOW_METRICS]


def describe(name: str) -> str:
    """Return the description of a value of `evaluate`, from `registry.METRICS`."""
    return METRICS[entry_of(name)][1]


def metric_version(name: str) -> int:
    """Return the version of a metric's formula: the third part of its entry, else 1."""
    entry: tuple[Any, ...] = METRICS[name]
    return entry[2] if len(entry) > 2 else 1


def entry_of(name: str) -> str:
    """Return the key of `registry.METRICS` that a value of `evaluate` belongs to."""
    return name if name in METRICS else name.rpartition("_")[0]


def in_menu_order(metrics: dict[str, float]) -> dict[str, float]:
    """Return metrics in the order of `registry.METRICS`; unknown ones come last."""
    places = {name: place for place, name in enumerate(METRICS)}
    names = sorted(metrics, key=lambda name: places.get(entry_of(name), len(places)))
    return {name: metrics[name] for name in names}
