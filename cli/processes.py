"""Commands side by side, every one in a process of its own on cores of its own.

Two trainings on one core each are far faster than two that share the same two cores:
their threads would wait for each other at every step.
"""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from keras_aae.errors import UnsupportedError
from keras_aae.runs.signals import handling_stops

# Twice as much is read before anybody asks for it, so no process waits to be read.
LONGEST_LINE = 2**24


@dataclass(frozen=True)
class End:
    """How a process ended: its exit code, 128 + N by signal N, and its last words."""

    code: int
    line: str  # the last one of stderr


def available_cores() -> list[int]:
    """Return the numbers of the cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def has_gpu() -> bool:
    """Return whether there is an NVIDIA GPU that is not hidden."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path("/dev").glob("nvidia[0-9]*"))


def shares(cores: list[int], jobs: int) -> list[list[int]]:
    """Return the cores of each job: equally many, and disjoint while there are enough.

    Equally many, since the number of cores may change the last bits of a training.
    """
    each = max(1, len(cores) // jobs)
    starts = [job * each % len(cores) for job in range(jobs)]
    return [cores[start : start + each] for start in starts]


class Listener(Protocol):
    """What is told of the commands under way, by their names."""

    def output(self, name: Any, text: str, /) -> None: ...

    def error(self, name: Any, text: str, /) -> None: ...

    def end(self, name: Any, end: End, /) -> None: ...


class ParallelProcesses:
    """Runs commands, as many at once as there are shares of the cores.

    A signal to stop is passed on to the commands under way, which end as they like, and
    no others are begun. If the listener raises, all of them are told to end.

    Args:
        shares: The cores of each; see `shares`.
        listener: Has `output(name, text)` and `error(name, text)`, which are told every
            line of stdout and stderr, and `end(name, end)`.
        environment: Of the commands; None is that of this process.

    Attributes:
        stopped: The first signal that came, or None.
    """

    def __init__(
        self,
        shares: list[list[int]],
        listener: Listener,
        environment: dict[str, str] | None = None,
    ):
        self.shares, self.listener, self.environment = shares, listener, environment
        self.stopped: int | None = None
        self._running: set[Process] = set()

    def run(self, commands: dict[Any, list[str]]) -> dict[Any, End]:
        """Run commands by name, in their order; return the `End` of each that was begun.

        Raises:
            UnsupportedError: this is Windows, which has no process groups.
        """
        if os.name == "nt":
            raise UnsupportedError(
                "Several trainings side by side need a POSIX system. Train one seed at a "
                "time, by --seed."
            )
        return asyncio.run(self._run_all(commands))

    async def _run_all(self, commands: dict[Any, list[str]]) -> dict[Any, End]:
        self._free: asyncio.Queue[list[int]] = asyncio.Queue()
        self._starting = asyncio.Lock()
        for cores in self.shares:
            self._free.put_nowait(cores)
        with handling_stops(self._stop):
            # An error cancels the others, which end their processes.
            ends = await asyncio.gather(
                *(self._run_when_free(*each) for each in commands.items())
            )
        return {
            n: end for n, end in zip(commands, ends, strict=True) if end is not None
        }

    def _stop(self, signum: int) -> None:
        self.stopped = self.stopped or signum
        for process in self._running:
            _send(process, signum)

    async def _run_when_free(self, name: Any, command: list[str]) -> End | None:
        cores = await self._free.get()
        try:
            return await self._run(name, command, cores) if not self.stopped else None
        finally:
            self._free.put_nowait(cores)

    async def _run(self, name: Any, command: list[str], cores: list[int]) -> End:
        process = await self._start(command, cores)
        self._running.add(process)
        if self.stopped:  # while it started
            _send(process, self.stopped)
        try:
            _, last = await asyncio.gather(
                _forward(name, process.stdout, self.listener.output),
                _forward(name, process.stderr, self.listener.error),
            )
        except BaseException:
            _send(process, signal.SIGTERM)
            raise
        finally:
            code = await process.wait()
            self._running.discard(process)
        end = End(128 - code if code < 0 else code, last)
        self.listener.end(name, end)
        return end

    async def _start(self, command: list[str], cores: list[int]) -> Process:
        # One at a time, since a process is given the cores that this one has just then.
        async with self._starting:
            with _on(cores):
                return await asyncio.create_subprocess_exec(
                    *command,
                    env=self.environment,
                    stdin=DEVNULL,
                    stdout=PIPE,
                    stderr=PIPE,
                    limit=LONGEST_LINE,
                    # Ctrl-C reaches this process alone, which passes it on once.
                    process_group=0,
                )


async def _forward(
    name: Any, stream: Any, receive: Callable[[Any, str], object]
) -> str:
    """Pass the lines of a stream on; return the last one."""
    last = ""
    async for line in stream:
        text = line.decode(errors="replace").strip()
        if text:
            last = text
            receive(name, text)
    return last


def _send(process: Process, signum: int) -> None:
    with suppress(ProcessLookupError):  # it has ended
        process.send_signal(signum)


@contextmanager
def _on(cores: list[int]) -> Iterator[None]:
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
