"""Registry of the cases: the fault, its families and its share of the tries."""

from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Case:
    """A kind of fault.

    Args:
        act: MODULE:FUNCTION that runs the tries on a bench; a name, so that the
            registry can be read without Keras.
        share: Share of the requested tries; expensive or rare cases take fewer, and
            cases with many places to fail take more.
        every_family: True for every family, False for only one.
    """

    act: str
    share: float = 1.0
    every_family: bool = False

    def load(self):
        """Import and return the function."""
        module, name = self.act.split(":")
        return getattr(import_module(f"faults.{module}"), name)


CASES = {
    "the same recipe twice": Case("killing:train_again", 0.02, every_family=True),
    "kill -9 at a random instant": Case("killing:kill_at_random", every_family=True),
    "kill -9, no images held out": Case("killing:kill_without_validation"),
    "kill -9 before each file operation": Case("killing:kill_at_operations", 4),
    "SIGTERM, SIGINT, SIGHUP": Case("killing:signal_once"),
    "SIGTERM, SIGINT, SIGHUP, twice": Case("killing:signal_twice"),
    "a file operation fails": Case("machines:fail_operations", 4),
    "full disk": Case("machines:full_disk"),
    "read-only folder": Case("machines:read_only", 0.02),
    "the run folder vanishes": Case("machines:vanishing_folder", 0.4),
    "little memory": Case("machines:little_memory"),
    "a weight is no number": Case("machines:not_a_number", 0.4),
    "few open files": Case("machines:few_files", 0.4),
    "two processes on one run": Case("machines:two_at_once"),
    "stale temporary files": Case("machines:stale_files", 0.2),
    "clock and file times go back": Case("machines:clock_back", 0.2),
    "odd paths": Case("machines:odd_paths", 0.2),
    "damaged checkpoint": Case("damage:damaged_checkpoints", 10),
    "damaged checkpoint, resumed": Case("damage:resume_after_damage", 0.4),
    "damaged data": Case("damage:damaged_data", 10),
    "mutated model file": Case("damage:fuzzed_models", 20),
}
