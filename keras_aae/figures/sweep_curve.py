"""A number against a value that was varied."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from keras_aae.figures.style import COLUMN, FAINT, PALETTE, house_style, lay_out

HEIGHT = 2.6  # inches
DECADE = 10  # how many times the smallest number the largest is, to be on a log axis
CROWDED = 100  # the same, for numbers along the axis to stand further apart
TINT = 0.25  # opacity of the band


@house_style()
def sweep_curve(numbers: dict, value: str, metric: str, published: dict) -> Figure:
    """The mean of a metric over seeds against a value, with a band, and what is published.

    The band is one standard deviation either way. An axis whose numbers are all positive
    and span a decade is logarithmic.

    Args:
        numbers: value -> the metric of each seed.
        value: what was varied.
        metric: its name.
        published: value -> the number of others; may be empty.
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


def _scale(set_scale, axis, values):
    if min(values) > 0 and max(values) >= DECADE * min(values):
        set_scale("log")
        is_crowded = max(values) >= CROWDED * min(values)
        axis.set_major_locator(LogLocator(subs=(1, 3) if is_crowded else (1, 2, 5)))
        axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        axis.set_minor_formatter(NullFormatter())
