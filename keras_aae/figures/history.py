"""Reading the columns of a history."""

import math
import re

import numpy as np

NOT_TERMS = ("epoch", "seconds", "images_per_second")
DIAGNOSTICS = re.compile(  # of adversarial training; the figure of that name draws it
    r"(val_)?discriminator_accuracy_(codes|prior|categories|category_prior)"
    r"|sliced_wasserstein|mmd|code_(mean|std)_\d+"
)
QUANTILE = re.compile(r"(?P<quantity>.+)_q(?P<percent>\d{2,3})")


def terms(history: list[dict]) -> list[str]:
    """The names of the terms of the objective, without their `val_`."""
    names = [
        name
        for name in _columns(history)
        if name not in NOT_TERMS
        and not QUANTILE.fullmatch(name)
        and not DIAGNOSTICS.fullmatch(name)
    ]
    return list(dict.fromkeys(name.removeprefix("val_") for name in names))


def quantiles(history: list[dict]) -> dict[str, dict[int, str]]:
    """The columns of quantiles: of each quantity, percents and the columns' names.

    Column `z_mean_q05` holds the value below which 5 % of the numbers in `z_mean` lie.
    """
    found: dict[str, dict[int, str]] = {}
    for match in filter(None, map(QUANTILE.fullmatch, _columns(history))):
        found.setdefault(match["quantity"], {})[int(match["percent"])] = match[0]
    return found


def dimensions(history: list[dict], prefix: str) -> list[str]:
    """The columns PREFIX0, PREFIX1, ... of a quantity with a value a dimension."""
    found = [re.fullmatch(rf"{prefix}(\d+)", name) for name in _columns(history)]
    return [m[0] for m in sorted(filter(None, found), key=lambda m: int(m[1]))]


def values(history: list[dict], column: str) -> np.ndarray:
    """The numbers in a column, nan where there is none."""
    return np.array([_number(row.get(column)) for row in history])


def _columns(history: list[dict]) -> list[str]:
    return list(dict.fromkeys(key for row in history for key in row))


def _number(value) -> float:
    return math.nan if value in ("", None) else float(value)
