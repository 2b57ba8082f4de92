"""The menu of cases: what is done, to which families, how often."""

from collections.abc import Callable
from dataclasses import dataclass

from faults import killing
from faults.bench import Bench, Tally


@dataclass(frozen=True)
class Case:
    """A kind of fault.

    Args:
        act: Does it so many times to a bench, and counts.
        share: Tries of those asked for: dearer or rarer cases take fewer, and those of
            which every place counts take more.
        every_family: Whether it is done to every family, or to one.
    """

    act: Callable[[Bench, int], Tally]
    share: float = 1.0
    every_family: bool = False


CASES = {
    "kill -9 at a random instant": Case(killing.kill_at_random, every_family=True),
    "kill -9 before a file operation": Case(killing.kill_at_operations, 4.0),
    "SIGTERM or SIGINT": Case(killing.signal_once, 0.4),
    "SIGTERM or SIGINT, twice": Case(killing.signal_twice, 0.4),
}
