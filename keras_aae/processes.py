"""Commands side by side, every one in a process of its own on cores of its own.

Two trainings on one core each are far faster than two that share the same two cores:
their threads would wait for each other at every step.
"""

import os
import selectors
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keras_aae.errors import UnsupportedError
from keras_aae.runs.signals import handling_stops

# A signal waits for at most this long before it is passed on.
SECONDS = 0.2


@dataclass(frozen=True)
class End:
    """How a process ended: its exit code, 128 + N by signal N, and its last line."""

    code: int
    line: str


class Listener:
    """What is told of processes under way; this one tells nobody."""

    def line(self, name, text: str):
        """A process wrote a line to stderr."""

    def end(self, name, end: End):
        """A process ended."""


def usable_cores() -> list[int]:
    """The numbers of the cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def has_gpu() -> bool:
    """Whether there is an NVIDIA GPU that is not hidden."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path("/dev").glob("nvidia[0-9]*"))


def shares(cores: list[int], jobs: int) -> list[list[int]]:
    """The cores of each of so many jobs: equally many, and disjoint while there are enough.

    Equally many, since the number of cores may change the last bits of a training.
    """
    each = max(1, len(cores) // jobs)
    starts = [job * each % len(cores) for job in range(jobs)]
    return [cores[start : start + each] for start in starts]


@dataclass
class _Child:
    name: object
    cores: list[int]
    process: subprocess.Popen
    text: bytes = b""
    last: str = ""


class SideBySide:
    """Runs commands, as many at once as there are shares of the cores.

    A signal to stop is passed on to the commands under way, which end as they like, and
    no others are begun.

    Args:
        shares: The cores of each; see `shares`.
        listener: Is told of lines and ends.
        environment: Of the commands; None is that of this process.

    Attributes:
        stopped: The first signal that came, or None.
    """

    def __init__(self, shares, listener: Listener, environment: dict | None = None):
        self.shares, self.listener, self.environment = shares, listener, environment
        self.stopped: int | None = None

    def run(self, commands: dict) -> dict:
        """Run commands by name, in their order.

        Returns:
            The `End` of each that was begun.

        Raises:
            UnsupportedError: this is Windows, which cannot wait for pipes so.
        """
        if os.name == "nt":
            raise UnsupportedError(
                "Several trainings side by side need a POSIX system. Train one seed at a "
                "time, by --seed."
            )
        self._waiting, self._free = list(commands.items()), list(self.shares)
        self._ends, self._signals = {}, []
        with (
            selectors.DefaultSelector() as self._running,
            handling_stops(self._signals.append),
        ):
            try:
                while self._begin_and_signal():
                    for key, _ in self._running.select(SECONDS):
                        self._read(key.data)
            except BaseException:
                self._end_all()
                raise
        return self._ends

    @property
    def _children(self) -> list[_Child]:
        return [key.data for key in self._running.get_map().values()]

    def _begin_and_signal(self) -> bool:
        """Whether anything is under way after what is due has been done."""
        while self._signals:
            signum = self._signals.pop(0)
            self.stopped = self.stopped or signum
            for child in self._children:
                child.process.send_signal(signum)
        while self._waiting and self._free and self.stopped is None:
            self._begin(*self._waiting.pop(0))
        return bool(self._children)

    def _begin(self, name, command):
        cores = self._free.pop(0)
        with _on(cores):
            process = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                # Ctrl-C reaches this process alone, which passes it on once.
                process_group=0,
            )
        child = _Child(name, cores, process)
        self._running.register(process.stderr, selectors.EVENT_READ, child)

    def _read(self, child):
        new = os.read(child.process.stderr.fileno(), 2**16)
        *lines, child.text = (child.text + new).split(b"\n")
        if not new:
            lines, child.text = [child.text], b""
        for line in lines:
            text = line.decode(errors="replace").strip()
            if text:
                child.last = text
                self.listener.line(child.name, text)
        if not new:
            self._end(child)

    def _end(self, child):
        self._running.unregister(child.process.stderr)
        child.process.stderr.close()
        code = child.process.wait()
        end = End(128 - code if code < 0 else code, child.last)
        self._ends[child.name] = end
        self._free.append(child.cores)
        self.listener.end(child.name, end)

    def _end_all(self):
        for child in self._children:
            child.process.terminate()
        for child in self._children:
            child.process.communicate()


@contextmanager
def _on(cores):
    """What is begun in the block runs on these cores, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
