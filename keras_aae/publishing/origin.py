"""Origin of a result: recipe, version, data, and the numbers of its first steps.

A result is current if its origin is the one that it would have today. This module
imports no Keras; `keras_aae.publishing.probe` computes the numbers.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from keras_aae.lookup import current_terms
from keras_aae.recipe import Recipe

TOLERANCE = (
    1e-4  # relative: differs neither between machines nor between minor versions
)
SMALL = 1e-6
PACKAGE = Path(__file__).parents[1]
# What these rooms do is no part of a training.
NOT_COMPUTED_BY = ("publishing", "figures", "evaluation")


@dataclass(frozen=True)
class Origin:
    """What a result was computed from.

    Args:
        recipe: As its experiment states it, in plain JSON values.
        version: That of the experiment.
        data: Name, fingerprint, image shape, type and class names of the data set.
        source: `source_hash` of the code that last computed this probe.
        probe: "stand_in" and "images", each as of `probe.probe`.
    """

    recipe: dict
    version: int
    data: dict
    source: str
    probe: dict[str, dict]

    @classmethod
    def read(cls, values: dict) -> "Origin":
        """Return the origin of a record; values that recipes have gained take their default.

        Raises:
            RecipeError: today's recipes do not have a value of it.
            KeyError: a part is missing.
        """
        recipe = plain(Recipe.from_dict(values["recipe"]))
        probe = {k: _current_probe(v) for k, v in values["probe"].items()}
        return cls(recipe, *(values[k] for k in ("version", "data", "source")), probe)


def _current_probe(probe: dict[str, Any]) -> dict[str, Any]:
    """Return a probe whose terms have today's names."""
    parts = ("terms", "validation")
    return {k: current_terms(v) if k in parts else v for k, v in probe.items()}


def plain(recipe: Recipe) -> dict:
    """Return a recipe as JSON keeps it."""
    return json.loads(json.dumps(recipe.to_dict()))


def describe_data(dataset) -> dict:
    """Return what identifies a data set, in plain JSON values."""
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "image_shape": list(dataset.image_shape),
        "dtype": str(dataset.train.dtype),
        "class_names": list(dataset.class_names),
    }


@cache
def source_hash() -> str:
    """Return the SHA-256 of the code that trainings run.

    Equal hashes save a probe; different ones say nothing.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(NOT_COMPUTED_BY):
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def moved_value(before: dict, now: dict) -> str:
    """Return in words the first value of a recipe that differs; "" if none does."""
    for key in sorted({*before, *now}):
        if before.get(key) != now.get(key):
            return f"{key} was {before.get(key)!r} and is {now.get(key)!r}"
    return ""


def moved_data(before: dict, now: dict) -> str:
    """Return in words what differs of a data set; "" if nothing does."""
    if before["fingerprint"] == now["fingerprint"]:
        return ""
    return f"the images or labels of {now['name']} are not the same"


def moved_number(before: dict, now: dict, ignore=()) -> str:
    """Return in words the first number of two probes that differs; "" if none does.

    Numbers are equal if they differ by less than 1e-4 of the largest of their list.

    Args:
        before: A probe, or several by name.
        now: Another, of the same names.
        ignore: Names of parts that need not be equal.
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


def _first_difference(old: list, new: list) -> int | None:
    if len(old) != len(new):
        return min(len(old), len(new))
    scale = max(map(abs, [*old, *new]), default=0)
    near = TOLERANCE * scale + SMALL
    # Written so that NaN differs from everything.
    return next(
        (
            i
            for i, (a, b) in enumerate(zip(old, new, strict=True))
            if not abs(a - b) <= near
        ),
        None,
    )


def _both(name, old, new, place) -> str:
    if len(old) != len(new):
        return f"{name} had {len(old)} values and has {len(new)}"
    where = f"[{place}]" if len(old) > 1 else ""
    return f"{name}{where} was {old[place]:.7g} and is {new[place]:.7g}"
