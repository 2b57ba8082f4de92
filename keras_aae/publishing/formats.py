"""Numbers as text, the same on every page."""

import math
from collections.abc import Iterable

from keras_aae.evaluation.statistics import difference, summarize


def number(value: float | None) -> str:
    """Return five digits of a number; nothing for None."""
    return "" if value is None else f"{value:.5g}"


def percent(share: float | None) -> str:
    """Return a share of 1 in percent; nothing for None."""
    return "" if share is None else f"{100 * share:.2f} %"


def spread(values: list[float]) -> str:
    """Return the mean of some values ± their standard deviation, if there are several."""
    summary = summarize(values)
    sd = "" if summary.sd is None else f" ± {summary.sd:.2g}"
    return f"{number(summary.mean)}{sd}"


def interval(values: list[float], base: list[float] | None = None) -> str:
    """Return a mean, or its difference from that of `base`, with its 95 % interval.

    There is none of a single value; and no text without values.
    """
    if not values or base == []:
        return ""
    summary = summarize(values) if base is None else difference(values, base)
    half = 0.0 if summary.high is None else summary.high - summary.mean
    if not half:  # one value, or all alike
        return number(summary.mean)
    # Two digits of half the interval: no more is known.
    digits = min(max(1 - math.floor(math.log10(half)), 0), 6)
    mean, low, high = (
        f"{value:.{digits}f}" for value in (summary.mean, summary.low, summary.high)
    )
    return f"{mean} [{low}, {high}]"


def duration(seconds: float) -> str:
    """Return a time in seconds, or in minutes where it is long."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def listed(numbers: Iterable[int]) -> str:
    """Return whole numbers in their order, with commas."""
    return ", ".join(map(str, sorted(numbers)))
