"""Mean, standard deviation and confidence interval of repeated measurements."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from scipy.special import stdtrit

LEVEL = 0.95


@dataclass(frozen=True)
class Summary:
    """Mean of n values, their standard deviation, and a 95 % interval of the mean.

    sd² = sum_i (x_i - mean)² / (n - 1)
    low, high = mean -+ t sd / sqrt(n),  t the 97.5 % quantile of Student's t with n - 1
    degrees of freedom

    For a single value, `sd`, `low` and `high` are None.
    """

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    n: int


def summarize(values: Sequence[float]) -> Summary:
    """Compute the summary of at least one value.

    Raises:
        ValueError: There are no values.

    References:
        The probable error of a mean (Student, 1908), https://doi.org/10.2307/2331554
    """
    n, mean = len(values), statistics.fmean(values)
    if n == 1:
        return Summary(mean, None, None, None, n)
    sd = statistics.stdev(values)
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * sd / math.sqrt(n)
    return Summary(mean, sd, mean - half, mean + half, n)


def difference(values: Sequence[float], base: Sequence[float]) -> Summary:
    """Compute the difference of two means, values - base, with Welch's 95 % interval.

    s² = s_1²/n_1 + s_2²/n_2,  low, high = m_1 - m_2 -+ t s
    f = s⁴ / (s_1⁴/(n_1² (n_1 - 1)) + s_2⁴/(n_2² (n_2 - 1)))

    t is the 97.5 % quantile of Student's t with f degrees of freedom.

    `sd` is s, `n` the smaller of both counts. With a single value on either side, `sd`,
    `low` and `high` are None.

    References:
        The generalization of Student's problem when several different population
        variances are involved (Welch, 1947), https://doi.org/10.1093/biomet/34.1-2.28
    """
    one, two = summarize(values), summarize(base)
    mean, n = one.mean - two.mean, min(one.n, two.n)
    if n == 1:
        return Summary(mean, None, None, None, n)
    parts = [(cast(float, s.sd) ** 2 / s.n, s.n - 1) for s in (one, two)]
    variance = sum(part for part, _ in parts)
    if variance == 0:
        return Summary(mean, 0.0, mean, mean, n)
    freedom = variance**2 / sum(part**2 / degrees for part, degrees in parts)
    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * math.sqrt(variance)
    return Summary(mean, math.sqrt(variance), mean - half, mean + half, n)
