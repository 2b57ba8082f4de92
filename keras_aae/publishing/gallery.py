"""Results folder: figures and numbers of recipes, kept up to date."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from keras_aae.errors import DataError
from keras_aae.experiments import COMPARISONS, RECIPES, SWEEPS, TABLES, TRANSFERS
from keras_aae.files import write_text
from keras_aae.publishing.checking import OriginChecks
from keras_aae.publishing.kinds import Result, result_of
from keras_aae.publishing.page import page
from keras_aae.publishing.recipe_runs import RecipeRuns
from keras_aae.training.session import Reporter

ACTIONS = ("current", "unknown", "reused", "resumed", "trained")


def names_to_make(asked: Iterable[str] = (), everything: bool = False) -> list[str]:
    """Return the names of the results to make, followed by their comparisons.

    A comparison is included if all of its recipes are.

    Args:
        asked: Names of results; a table stands for its recipes. Empty for the default
            set.
        everything: Whether the default set contains all results.
    """
    names = list(asked) or [
        *(name for name in RECIPES if everything or RECIPES[name].quick),
        *((*SWEEPS, *TRANSFERS) if everything else ()),
        *(name for name in COMPARISONS if not COMPARISONS[name].recipes),
    ]
    found = [
        part
        for name in names
        for part in (TABLES[name].recipes if name in TABLES else [name])
    ]
    for name, comparison in COMPARISONS.items():
        if comparison.recipes and {*comparison.recipes} <= {*found}:
            found.append(name)
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Outcome:
    """Outcome of making a result.

    Args:
        action: One of `ACTIONS`.
        seconds: Duration in seconds.
        headline: First number of the result, as text.
    """

    action: str
    seconds: float
    headline: str


@dataclass(frozen=True)
class Gallery:
    """Folder of results, and the runs that they are made from.

    Args:
        results: Folder of the results page.
        runs: Folder of the runs.
        force: Whether to draw and evaluate existing results again.
        data_dir: Folder to search for data first.
        reporter: Reporter of training events.
    """

    results: Path
    runs: Path
    force: bool = False
    data_dir: str | None = None
    reporter: Reporter = field(default_factory=Reporter)

    @cached_property
    def checks(self) -> OriginChecks:
        """Checks of the kept results."""
        return OriginChecks(self.data_dir, self.reporter)

    def check(self, names: Iterable[str]) -> None:
        """Check in parallel whether results are current, so that `make` is fast.

        Args:
            names: Names of results, as in `make`.
        """
        asked = []
        for result in (result_of(n, self.results) for n in names if not self.force):
            kept = result.read()
            asked += [
                (wanted.recipe, wanted.version, kept and kept.origins[name])
                for name, wanted in result.recipes.items()
            ]
        self.checks.prepare(asked)

    def make(self, name: str) -> Outcome:
        """Bring RESULTS/NAME and the page up to date.

        Nothing is trained if the kept result is current, even if its run is gone.
        Otherwise the missing parts are made: finished runs are reused, and interrupted
        runs are resumed.

        Args:
            name: Key of `experiments.RECIPES`, `COMPARISONS`, `SWEEPS` or `TRANSFERS`.

        Raises:
            DataError: if the result is stale and its data cannot be loaded.
        """
        started = time.monotonic()
        result = result_of(name, self.results)
        before = None if self.force else result.read()
        kept, unknown = self._checked(result, before)
        if unknown:
            self.reporter.warn(f"{name} could not be checked: {unknown}")
            actions = ["unknown"]
        else:
            runs = RecipeRuns(self.runs, self.data_dir, self.reporter)
            kept, actions = result.complete(kept, runs)
            if kept != before or not result.record.exists():
                result.write(kept)
            write_text(Path(self.results) / "README.md", page(self.results))
        action = max(["current", *actions], key=ACTIONS.index)
        return Outcome(action, time.monotonic() - started, result.headline(kept))

    def _checked(self, result: Result, kept: Any) -> tuple[Any, str]:
        """Return the record with current origins, and why it cannot be checked.

        The record is empty if the kept one is stale.
        """
        verdicts = {
            name: self.checks.check(
                wanted.recipe, wanted.version, kept and kept.origins[name]
            )
            for name, wanted in result.recipes.items()
        }
        moved = next((v.moved for v in verdicts.values() if v.moved), "")
        unknown = next((v.unknown for v in verdicts.values() if v.unknown), "")
        if kept is not None and moved:
            self.reporter.warn(f"{result.name} is stale: {moved}.")
        if unknown and moved:
            raise DataError(unknown)
        if unknown:
            return kept, unknown
        origins = {name: v.origin for name, v in verdicts.items() if v.origin}
        if kept is None or moved:
            return result.begin(origins), ""
        return replace(kept, origins=origins), ""
