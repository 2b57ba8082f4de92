"""Worker processes that take turns, so that slowdowns of the machine hit all alike."""

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
    """Error of a worker that died or exceeded its time limit."""


class Worker:
    """Process of one contender, idle between its turns.

    Args:
        command: Command of the process, as `benchmarks.worker` describes.
        environment: Environment variables in addition to the parent's.
        limit: Time limit of an answer in seconds.

    Raises:
        WorkerError: The worker failed to start.
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
        """Run one turn.

        Raises:
            WorkerError: The worker died or exceeded the limit.
        """
        try:
            self._process.stdin.write(b"turn\n")
            self._process.stdin.flush()
        except OSError:
            raise WorkerError(self._death_message()) from None
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
            raise WorkerError(self._death_message())
        return json.loads(line)

    def _death_message(self):
        code = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").splitlines()
        last = "\n  ".join(lines[-LAST_LINES:])
        return f"the worker ended with code {code}.\n  {last}"


@dataclass
class Readings:
    """Measurements of one group.

    Attributes:
        rounds: Dict of label to seconds for each round; a contender may be missing from
            some.
        cpu: Dict of label to processor seconds for each round.
        info: Dict of label to facts from the worker.
        missing: Dict of label to the reason why it was not measured.
    """

    rounds: list[dict[str, float]] = field(default_factory=list)
    cpu: list[dict[str, float]] = field(default_factory=list)
    info: dict[str, dict] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def worker_of(group, name, contender, images) -> Worker:
    """Start the worker of an entry of `contenders.GROUPS`."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.worker", group, name]
    environment = {"KERAS_BACKEND": contender.backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return Worker([*command, "--images", str(images)], environment)


def take_rounds(starters, rounds, limits=None, log=lambda text: None) -> Readings:
    """Start the workers one after another, then let them take turns in rounds.

    Args:
        starters: Dict of label to a function that starts its `Worker`.
        rounds: Number of rounds.
        limits: Dict of label to a smaller number of rounds for that contender.
        log: Function called with progress messages.

    Returns:
        Readings; a worker that died is in `missing` and does not affect the rest.
    """
    readings, workers, limits = Readings(), {}, limits or {}
    try:
        for label, start in starters.items():
            log(f"{label}: warming up")
            _guarded(readings, label, lambda s=start, k=label: workers.update({k: s()}))
        readings.info = {label: worker.info for label, worker in workers.items()}
        for number in range(rounds):
            log(f"round {number + 1} of {rounds}")
            readings.rounds.append({})
            readings.cpu.append({})
            for label, worker in workers.items():
                if number < limits.get(label, rounds) and label not in readings.missing:
                    _guarded(
                        readings,
                        label,
                        lambda w=worker, k=label: _record(readings, k, w),
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


def _record(readings, label, worker):
    answer = worker.turn()
    for kind, rows in (("seconds", readings.rounds), ("cpu_seconds", readings.cpu)):
        values = answer[kind]
        single = len(values) == 1
        rows[-1].update({label if single else k: v for k, v in values.items()})
