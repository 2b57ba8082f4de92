"""Number formats, shared by all pages."""

import math
from collections.abc import Iterable

from keras_aae.evaluation.statistics import difference, summarize


def number(value: float | None) -> str:
    """Return a number with five significant digits; "" for None."""
    return "" if value is None else f"{value:.5g}"


def percent(share: float | None) -> str:
    """Return a fraction of 1 as a percentage; "" for None."""
    return "" if share is None else f"{100 * share:.2f} %"


def spread(values: list[float]) -> str:
    """Return mean ± standard deviation; the mean alone for a single value."""
    summary = summarize(values)
    sd = "" if summary.sd is None else f" ± {summary.sd:.2g}"
    return f"{number(summary.mean)}{sd}"


def interval(values: list[float], base: list[float] | None = None) -> str:
    """Return the mean with its 95 % confidence interval.

    A single value has no interval. Without values the text is empty.

    Args:
        values: Values to average.
        base: Values whose mean is subtracted; None for no difference.
    """
    if not values or base == []:
        return ""
    summary = summarize(values) if base is None else difference(values, base)
    half = 0.0 if summary.high is None else summary.high - summary.mean
    if not half:  # one value, or all values equal
        return number(summary.mean)
    # Two significant digits of half the interval; more would be spurious.
    digits = min(max(1 - math.floor(math.log10(half)), 0), 6)
    mean, low, high = (
        f"{value:.{digits}f}" for value in (summary.mean, summary.low, summary.high)
    )
    return f"{mean} [{low}, {high}]"


def duration(seconds: float) -> str:
    """Return a duration in seconds, or in minutes from 100 seconds on."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def listed(numbers: Iterable[int]) -> str:
    """Return whole numbers in ascending order, separated by commas."""
    return ", ".join(map(str, sorted(numbers)))
