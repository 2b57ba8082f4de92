"""What repeated measurements say together: their mean, spread, and how sure the mean is."""

import math
import statistics
from dataclasses import dataclass

from scipy.special import stdtrit

LEVEL = 0.95


@dataclass(frozen=True)
class Summary:
    """Mean of n values, their standard deviation, and a 95 % interval of the mean.

    sd² = sum_i (x_i - mean)² / (n - 1)
    low, high = mean -+ t sd / sqrt(n),  t the 97.5 % quantile of Student's t with n - 1
    degrees of freedom

    A single value has neither: they are None.
    """

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    n: int


def summarise(values) -> Summary:
    """The summary of some values, at least one.

    Raises:
        ValueError: there are none.

    References:
        The probable error of a mean (Student, 1908), https://doi.org/10.2307/2331554
    """
    n, mean = len(values), statistics.fmean(values)
    if n == 1:
        return Summary(mean, None, None, None, n)
    sd = statistics.stdev(values)
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * sd / math.sqrt(n)
    return Summary(mean, sd, mean - half, mean + half, n)
