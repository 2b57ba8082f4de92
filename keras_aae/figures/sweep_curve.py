"""A metric against a value that was varied."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from keras_aae.figures.style import COLUMN, FAINT, PALETTE, house_style, lay_out

HEIGHT = 2.6  # inches
DECADE = 10  # ratio of largest to smallest number from which an axis is logarithmic
CROWDED = 100  # ratio from which its tick labels are farther apart
TINT = 0.25  # opacity of the band


@house_style()
def sweep_curve(
    numbers: dict[str, Any], value: str, metric: str, published: dict[str, Any]
) -> Figure:
    """Draw the mean of a metric over seeds against a value, and published numbers.

    A band shows one standard deviation above and below. An axis whose numbers are all
    positive and span a decade is logarithmic.

    Args:
        numbers: Metric of each seed, by value.
        value: Name of the varied value.
        metric: Name of the metric.
        published: Published metric, by value; may be empty.
    """
    figure = Figure(figsize=(COLUMN, HEIGHT))
    axes = figure.subplots()
    x = np.array(list(numbers), float)
    mean = np.array([np.mean(each) for each in numbers.values()])
    spread = np.array([np.std(each, ddof=len(each) > 1) for each in numbers.values()])
    if published:
        axes.plot(
            list(published), list(published.values()), color=FAINT, marker=".",
            markersize=3, linestyle="--", label="published, one training each",
        )  # fmt: skip
    seeds = {len(each) for each in numbers.values()}
    axes.fill_between(
        x, mean - spread, mean + spread, color=PALETTE[0], alpha=TINT, linewidth=0
    )
    label = f"ours, mean and standard deviation of {max(seeds)} seeds"
    axes.plot(x, mean, color=PALETTE[0], marker=".", markersize=3, label=label)
    _scale(axes.set_xscale, axes.xaxis, x)
    _scale(axes.set_yscale, axes.yaxis, [*mean, *published.values()])
    axes.grid(color=FAINT, alpha=0.25, linewidth=0.4)
    axes.set_xlabel(value)
    axes.set_ylabel(metric)
    figure.legend(loc="outside upper left")
    lay_out(figure)
    return figure


def _scale(
    set_scale: Callable[[str], None], axis: Axis, values: Sequence[float] | np.ndarray
) -> None:
    if min(values) > 0 and max(values) >= DECADE * min(values):
        set_scale("log")
        is_crowded = max(values) >= CROWDED * min(values)
        axis.set_major_locator(LogLocator(subs=(1, 3) if is_crowded else (1, 2, 5)))
        axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        axis.set_minor_formatter(NullFormatter())
