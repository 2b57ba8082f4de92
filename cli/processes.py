"""Parallel commands, each in its own process on its own cores.

Two trainings on one core each are much faster than two that share two cores, because
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

# Bytes. The buffer holds twice as much, so that no process blocks on a full pipe.
LONGEST_LINE = 2**24


@dataclass(frozen=True)
class End:
    """Result of a process: exit code (128 + N after signal N), last error line."""

    code: int
    line: str  # the last one of stderr


def available_cores() -> list[int]:
    """Return the numbers of the CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def has_gpu() -> bool:
    """Return whether an NVIDIA GPU is present and not hidden."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path("/dev").glob("nvidia[0-9]*"))


def shares(cores: list[int], jobs: int) -> list[list[int]]:
    """Return the cores of each job: the same number for all, disjoint if possible.

    The number is the same because it may change the last bits of a training's results.
    """
    each = max(1, len(cores) // jobs)
    starts = [job * each % len(cores) for job in range(jobs)]
    return [cores[start : start + each] for start in starts]


class Listener(Protocol):
    """Receiver of the output of running commands, by name."""

    def output(self, name: Any, text: str, /) -> None:
        """Receive a line of stdout."""

    def error(self, name: Any, text: str, /) -> None:
        """Receive a line of stderr."""

    def end(self, name: Any, end: End, /) -> None:
        """Receive the result of a command."""


class ParallelProcesses:
    """Runner of several commands at once, one for each share of the cores.

    A stop signal is forwarded to the running commands, and no new ones are started. If
    the listener raises an error, all commands are terminated.

    Args:
        shares: Cores of each parallel command; see `shares`.
        listener: Receiver of every line of stdout and stderr, and of each result.
        environment: Environment variables of the commands; None for those of this
            process.

    Attributes:
        stopped: First stop signal received, or None.
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
        """Run named commands in order; return the `End` of each one that was started.

        Raises:
            UnsupportedError: The system is Windows, which has no process groups.
        """
        if os.name == "nt":
            raise UnsupportedError(
                "Unsupported system Windows for parallel trainings. Expected a POSIX "
                "system. Train one seed at a time with --seed."
            )
        return asyncio.run(self._run_all(commands))

    async def _run_all(self, commands: dict[Any, list[str]]) -> dict[Any, End]:
        self._free: asyncio.Queue[list[int]] = asyncio.Queue()
        self._starting = asyncio.Lock()
        for cores in self.shares:
            self._free.put_nowait(cores)
        with handling_stops(self._stop):
            # An error cancels the other tasks, which terminate their processes.
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
        # One at a time: a process inherits the cores that this one has at that moment.
        async with self._starting:
            with _on(cores):
                return await asyncio.create_subprocess_exec(
                    *command,
                    env=self.environment,
                    stdin=DEVNULL,
                    stdout=PIPE,
                    stderr=PIPE,
                    limit=LONGEST_LINE,
                    # Ctrl-C then reaches only this process, which forwards it once.
                    process_group=0,
                )


async def _forward(
    name: Any, stream: Any, receive: Callable[[Any, str], object]
) -> str:
    """Pass each line of a stream to `receive`; return the last one."""
    last = ""
    async for line in stream:
        text = line.decode(errors="replace").strip()
        if text:
            last = text
            receive(name, text)
    return last


def _send(process: Process, signum: int) -> None:
    with suppress(ProcessLookupError):  # already ended
        process.send_signal(signum)


@contextmanager
def _on(cores: list[int]) -> Iterator[None]:
    """Start processes within the block on these cores, where the system supports it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
