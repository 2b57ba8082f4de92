"""Processes that end at any time, by kill -9 or by stop signals."""

import os
import signal
import time
from pathlib import Path

from faults.bench import Bench, Tally
from faults.operations import at_operation
from faults.states import Belongings

# Of the tries of one run; its end is compared once.
KILLS_OF_A_RUN = 5
# Of what may be done with an operation that a signal comes before.
STOPPED = {
    signal.SIGTERM: (0, 143, -15),
    signal.SIGINT: (0, 130, -2),
    signal.SIGHUP: (0, 129, -1),
}


def kill_at_random(bench: Bench, tries: int) -> Tally:
    """Kill runs with SIGKILL at random times, several times per run."""
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        path = bench.new_folder()
        where = f"kills {tally.tries + 1} and on"
        for _ in range(min(KILLS_OF_A_RUN, tries - tally.tries)):
            before = Belongings(path)
            if not kill_somewhere(bench, path):
                break
            tally.tries += 1
            tally.check_lost(before, where)
        bench.check_end(tally, path, where)
    return tally


def kill_without_validation(bench: Bench, tries: int) -> Tally:
    """Kill runs without validation images, a best epoch or early stopping."""
    folder = bench.folder / "without-validation"
    folder.mkdir()
    other = bench.beside(folder, validation=0, monitor=None, patience=None)
    return kill_at_random(other, tries)


def kill_somewhere(bench: Bench, path: Path) -> bool:
    """Train or resume, kill at a random time; return if that was before the end."""
    process = bench.start_and_wait(path)
    process.send(signal.SIGKILL)
    return process.wait().code == -signal.SIGKILL


def operations_of(bench: Bench) -> list[str]:
    """Return the file operations of an undisturbed run, in order."""
    path = bench.new_folder()
    log = path.with_suffix(".log")

    def first():
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT)
        at_operation(
            path, None, lambda what: os.write(descriptor, what.encode() + b"\n")
        )

    bench.go_on(path, first)
    return log.read_text().splitlines()


def chosen(bench: Bench, tries: int) -> list[tuple[int, str]]:
    """Return evenly spaced operations of a run with their numbers."""
    operations = operations_of(bench)
    count = min(tries, len(operations))
    offset = bench.random.random()
    numbers = [int((i + offset) * len(operations) / count) for i in range(count)]
    return [(number + 1, operations[number]) for number in numbers]


def kill_at_operations(bench: Bench, tries: int) -> Tally:
    """Kill runs with SIGKILL before a file operation."""

    def kill(what):
        os.kill(os.getpid(), signal.SIGKILL)

    tally, expected = Tally(), bench.whole
    for number, what in chosen(bench, tries if expected else 0):
        path = bench.new_folder()
        before = Belongings(path)
        bench.go_on(path, lambda path=path, n=number: at_operation(path, n, kill))
        tally.tries += 1
        where = f"killed before {number}, {what}"
        tally.check_lost(before, where)
        bench.check_end(tally, path, where)
    return tally


def train_again(bench: Bench, tries: int) -> Tally:
    """Train the same recipe again, undisturbed."""
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        tally.tries += 1
        bench.check_end(tally, bench.new_folder(), f"again {tally.tries}")
    return tally


def signal_once(bench: Bench, tries: int) -> Tally:
    """Send a stop signal at a random time."""
    return _signals(bench, tries, 1)


def signal_twice(bench: Bench, tries: int) -> Tally:
    """Send a stop signal at a random time, and again soon after."""
    return _signals(bench, tries, 2)


def _signals(bench, tries, count):
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        signum = list(STOPPED)[tally.tries % len(STOPPED)]
        path = bench.new_folder()
        process = bench.start_and_wait(path)
        for _ in range(count):
            process.send(signum)
            time.sleep(bench.random.uniform(0, 0.1))
        ended = process.wait()
        tally.tries += 1
        where = f"{signum.name} {tally.tries}"
        tally.check_said(ended, STOPPED[signum], where)
        saved = ended.code > 128 and "and saved" in ended.said
        if saved and not (path / "model.keras").exists():
            tally.lost.append(f"{where}: it said that it saved, and there is no model")
        bench.check_end(tally, path, where)
    return tally
