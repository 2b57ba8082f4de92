"""Worker processes asked in turn, so that what slows the machine slows all alike."""

import json
import os
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
TURN_SECONDS = 900
LAST_LINES = 8


class WorkerError(Exception):
    """A worker died, or took longer than it may."""


class Worker:
    """One contender's process; between turns it waits and takes no time.

    Args:
        command: The process; see `benchmarks.worker` for what it reads and writes.
        environment: Set beside the parent's.
        limit: Seconds that an answer may take.

    Raises:
        WorkerError: it could not be built.
    """

    def __init__(self, command, environment=None, limit=TURN_SECONDS):
        self.limit = limit
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
        )
        try:
            self.info = self._read()["ready"]
        except BaseException:
            self.close()
            raise

    def turn(self) -> dict:
        """Ask for one turn.

        Raises:
            WorkerError: it died, or took too long.
        """
        try:
            self._process.stdin.write(b"turn\n")
            self._process.stdin.flush()
        except OSError:
            raise WorkerError(self._obituary()) from None
        return self._read()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for file in (self._process.stdin, self._process.stdout, self._errors):
            try:
                file.close()
            except OSError:
                continue

    def _read(self):
        ready, _, _ = select.select([self._process.stdout], [], [], self.limit)
        if not ready:
            raise WorkerError(f"no answer in {self.limit} seconds.")
        line = self._process.stdout.readline()
        if not line:
            raise WorkerError(self._obituary())
        return json.loads(line)

    def _obituary(self):
        code = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").splitlines()
        last = "\n  ".join(lines[-LAST_LINES:])
        return f"the worker ended with code {code}.\n  {last}"


@dataclass
class Readings:
    """What was measured of one group.

    `rounds` holds a dict of label to seconds for each round; a contender may be missing
    from some. `cpu` is the same of processor seconds; `info` is each worker's own.
    """

    rounds: list[dict[str, float]] = field(default_factory=list)
    cpu: list[dict[str, float]] = field(default_factory=list)
    info: dict[str, dict] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def worker_of(group, name, contender, images) -> Worker:
    """The process of an entry of `contenders.GROUPS`."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.worker", group, name]
    environment = {"KERAS_BACKEND": contender.backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return Worker([*command, "--images", str(images)], environment)


def take_rounds(starters, rounds, limits=None, tell=lambda text: None) -> Readings:
    """Build the workers one after another, then go round and round.

    Args:
        starters: dict of label to a function that starts its `Worker`.
        rounds: How many.
        limits: dict of label to the number of rounds it takes part in, if fewer.
        tell: Is told how it goes.

    Returns:
        Readings; a worker that died is in `missing`, with the rest unharmed.
    """
    readings, workers, limits = Readings(), {}, limits or {}
    try:
        for label, start in starters.items():
            tell(f"{label}: warming up")
            _guarded(readings, label, lambda s=start, k=label: workers.update({k: s()}))
        readings.info = {label: worker.info for label, worker in workers.items()}
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}")
            readings.rounds.append({})
            readings.cpu.append({})
            for label, worker in workers.items():
                if number < limits.get(label, rounds) and label not in readings.missing:
                    _guarded(
                        readings, label, lambda w=worker, k=label: _note(readings, k, w)
                    )
    finally:
        for worker in workers.values():
            worker.close()
    return readings


def _guarded(readings, label, action):
    try:
        action()
    except WorkerError as error:
        readings.missing[label] = str(error)


def _note(readings, label, worker):
    answer = worker.turn()
    for kind, rows in (("seconds", readings.rounds), ("cpu_seconds", readings.cpu)):
        values = answer[kind]
        single = len(values) == 1
        rows[-1].update({label if single else k: v for k, v in values.items()})
