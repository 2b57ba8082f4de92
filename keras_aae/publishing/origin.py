"""Origin of a result: recipe, version, data, and the numbers of its first steps.

A result is current if its origin equals the one it would have now. This module does not
import Keras; `keras_aae.publishing.probe` computes the numbers.
"""

import hashlib
import json
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from keras_aae.data import Dataset
from keras_aae.lookup import current_terms
from keras_aae.recipe import Recipe

# Relative. Machines and minor versions of libraries differ by less.
TOLERANCE = 1e-4
SMALL = 1e-6
PACKAGE = Path(__file__).parents[1]
# Packages that take no part in training.
NOT_COMPUTED_BY = ("publishing", "figures", "evaluation")


@dataclass(frozen=True)
class Origin:
    """Inputs that a result was computed from.

    Args:
        recipe: Recipe of the experiment, in plain JSON values.
        version: Version of the experiment.
        data: Name, fingerprint, image shape, type and class names of the data set.
        source: `source_hash` of the code that last computed this probe.
        probe: Probes "stand_in" and "images", as returned by `probe.probe`.
    """

    recipe: dict[str, Any]
    version: int
    data: dict[str, Any]
    source: str
    probe: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, values: dict[str, Any]) -> "Origin":
        """Return the origin in a record.

        Recipe fields that the record does not have yet take their defaults.

        Args:
            values: Fields of the origin, in plain JSON values.

        Raises:
            RecipeError: if the recipe has a field or value that is no longer valid.
            KeyError: if a field is missing.
        """
        recipe = plain(Recipe.from_dict(values["recipe"]))
        probe = {k: _current_probe(v) for k, v in values["probe"].items()}
        return cls(recipe, values["version"], values["data"], values["source"], probe)


def _current_probe(probe: dict[str, Any]) -> dict[str, Any]:
    """Return a probe with the current names of its terms."""
    parts = ("terms", "validation")
    return {k: current_terms(v) if k in parts else v for k, v in probe.items()}


def plain(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe in plain JSON values."""
    values: dict[str, Any] = json.loads(json.dumps(recipe.to_dict()))
    return values


def describe_data(dataset: Dataset) -> dict[str, Any]:
    """Return the values that identify a data set, in plain JSON values."""
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "image_shape": list(dataset.image_shape),
        "dtype": str(dataset.train.dtype),
        "class_names": list(dataset.class_names),
    }


@cache
def source_hash() -> str:
    """Return the SHA-256 of the code that takes part in training.

    Equal hashes make a probe unnecessary. Different hashes do not imply a difference in
    the numbers.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(NOT_COMPUTED_BY):
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def moved_value(before: dict[str, Any], now: dict[str, Any]) -> str:
    """Return the first difference between two recipes as text; "" if none.

    Args:
        before: Earlier recipe, in plain JSON values.
        now: Current recipe.
    """
    for key in sorted({*before, *now}):
        if before.get(key) != now.get(key):
            return f"{key} was {before.get(key)!r} and is {now.get(key)!r}"
    return ""


def moved_data(before: dict[str, Any], now: dict[str, Any]) -> str:
    """Return the difference between two data sets as text; "" if none.

    Args:
        before: Earlier data set, as returned by `describe_data`.
        now: Current data set.
    """
    if before["fingerprint"] == now["fingerprint"]:
        return ""
    return f"the images or labels of {now['name']} have changed"


def moved_number(
    before: dict[str, Any], now: dict[str, Any], ignore: Container[str] = ()
) -> str:
    """Return the first difference between two probes as text; "" if none.

    Numbers are equal if they differ by less than 1e-4 of the largest in their list.

    Args:
        before: Earlier probe, or several by name.
        now: Current probe, or several by name.
        ignore: Names of parts to skip.
    """
    for name in [*before, *(key for key in now if key not in before)]:
        if name in ignore:
            continue
        if name not in now or name not in before:
            return f"{name} is {'new' if name in now else 'gone'}"
        old, new = before[name], now[name]
        if isinstance(old, dict):
            inner = moved_number(old, new, ignore)
            if inner:
                return f"{name}: {inner}"
        elif (place := _first_difference(old, new)) is not None:
            return _both(name, old, new, place)
    return ""


def _first_difference(old: list[float], new: list[float]) -> int | None:
    if len(old) != len(new):
        return min(len(old), len(new))
    scale = max(map(abs, [*old, *new]), default=0)
    near = TOLERANCE * scale + SMALL
    # With `not ... <=` NaN differs from everything.
    return next(
        (
            i
            for i, (a, b) in enumerate(zip(old, new, strict=True))
            if not abs(a - b) <= near
        ),
        None,
    )


def _both(name: str, old: list[float], new: list[float], place: int) -> str:
    if len(old) != len(new):
        return f"{name} had {len(old)} values and has {len(new)}"
    where = f"[{place}]" if len(old) > 1 else ""
    return f"{name}{where} was {old[place]:.7g} and is {new[place]:.7g}"
