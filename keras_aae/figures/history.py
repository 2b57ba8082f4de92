"""The columns of a training history."""

import math
import re
from typing import Any

import numpy as np

NOT_TERMS = ("epoch", "seconds", "images_per_second")
DIAGNOSTICS = re.compile(  # columns that 'adversarial-diagnostics' draws
    r"(val_)?discriminator_accuracy_(codes|prior|categories|category_prior)"
    r"|sliced_wasserstein|mmd|code_(mean|std)_\d+"
)
QUANTILE = re.compile(r"(?P<quantity>.+)_q(?P<percent>\d{2,3})")


def terms(history: list[dict[str, Any]]) -> list[str]:
    """Return the names of the terms of the objective, without the prefix `val_`."""
    names = [
        name
        for name in _columns(history)
        if name not in NOT_TERMS
        and not QUANTILE.fullmatch(name)
        and not DIAGNOSTICS.fullmatch(name)
    ]
    return list(dict.fromkeys(name.removeprefix("val_") for name in names))


def quantiles(history: list[dict[str, Any]]) -> dict[str, dict[int, str]]:
    """Return the columns of quantiles: quantity -> percent -> name of the column.

    For example, column `z_mean_q05` holds the 5 % quantile of `z_mean`.
    """
    found: dict[str, dict[int, str]] = {}
    for match in filter(None, map(QUANTILE.fullmatch, _columns(history))):
        found.setdefault(match["quantity"], {})[int(match["percent"])] = match[0]
    return found


def dimensions(history: list[dict[str, Any]], prefix: str) -> list[str]:
    """Return the columns PREFIX0, PREFIX1, ... of a quantity, one per dimension."""
    found = [re.fullmatch(rf"{prefix}(\d+)", name) for name in _columns(history)]
    return [m[0] for m in sorted(filter(None, found), key=lambda m: int(m[1]))]


def values(history: list[dict[str, Any]], column: str) -> np.ndarray:
    """Return the values of a column, nan where one is missing."""
    return np.array([_number(row.get(column)) for row in history])


def _columns(history: list[dict]) -> list[str]:
    return list(dict.fromkeys(key for row in history for key in row))


def _number(value) -> float:
    return math.nan if value in ("", None) else float(value)
