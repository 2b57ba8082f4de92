"""The results folder: recipes trained once, their figures and numbers kept."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from keras_aae.experiments import COMPARISONS, RECIPES, SWEEPS, TABLES, TRANSFERS
from keras_aae.files import write_text
from keras_aae.publishing.checking import OriginChecks
from keras_aae.publishing.kinds import result_of
from keras_aae.publishing.page import page
from keras_aae.publishing.recipe_runs import RecipeRuns
from keras_aae.training.session import Reporter

ACTIONS = ("current", "unknown", "reused", "resumed", "trained")


def names_to_make(asked: Iterable[str] = (), everything: bool = False) -> list[str]:
    """Return the results to make, and after them the comparisons of these alone.

    Args:
        asked: Names on the menus; a table stands for its recipes. None are the default
            set.
        everything: Whether the default set is all that there is.
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
    """What was done for a result: one of `ACTIONS`, how long it took, its first number."""

    action: str
    seconds: float
    headline: str


@dataclass(frozen=True)
class Gallery:
    """A folder of results, and the runs that they are made from.

    Args:
        results: Folder of the results page.
        runs: Folder of the runs.
        force: Draw and measure again what is there.
        data_dir: Where to look for data first.
        reporter: Receives the events of every training.
    """

    results: Path
    runs: Path
    force: bool = False
    data_dir: str | None = None
    reporter: Reporter = field(default_factory=Reporter)

    @cached_property
    def checks(self) -> OriginChecks:
        """Checks of what is kept."""
        return OriginChecks(self.data_dir, self.reporter)

    def check(self, names: Iterable[str]) -> None:
        """Find out whether results are current, many at a time; `make` is quick then.

        Args:
            names: As of `make`.
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

        Nothing is trained if what is kept is of the recipe as it is and as it computes
        now, even where the run has gone. Else what is missing of it is made: runs that
        are there are taken as they are, interrupted ones go on.

        Args:
            name: A key of `experiments.RECIPES`, `COMPARISONS`, `SWEEPS` or `TRANSFERS`.

        Raises:
            DataError: the result is stale, and the data to make it cannot be loaded.
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

    def _checked(self, result, kept):
        """Return the record with the origins of today, and why it cannot be checked.

        The record is of nothing yet if what is kept is stale.
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
        if unknown and not moved:
            return kept, unknown
        origins = {name: verdict.origin for name, verdict in verdicts.items()}
        if kept is None or moved:
            return result.begin(origins), ""
        return replace(kept, origins=origins), ""
