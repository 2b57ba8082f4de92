"""Forks of this process, which has no threads, so that they import nothing again."""

import fcntl
import os
import sys
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass

MOST_WORDS = 2**20  # bytes; a process that writes more blocks
UNEXPECTED = 70


@dataclass(frozen=True)
class Ended:
    """Result of a process: exit code, or minus the signal, and its output."""

    code: int
    said: str


class Process:
    """Fork of this process that runs only `work`."""

    def __init__(self, work):
        # A pipe, not a file, so that limits on files do not affect the output.
        self._said, saying = os.pipe()
        fcntl.fcntl(saying, fcntl.F_SETPIPE_SZ, MOST_WORDS)
        self._ended = None
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            code = UNEXPECTED
            try:
                code = self._run(work, saying)
            finally:
                os._exit(code)
        os.close(saying)

    def _run(self, work, saying):
        for stream in (1, 2):
            os.dup2(saying, stream)
        os.close(saying)
        os.close(self._said)
        try:
            work()
            code = 0
        except SystemExit as error:
            code = error.code or 0
        except BaseException:
            traceback.print_exc()
            code = UNEXPECTED
        with ignored_errors():
            sys.stdout.flush()
        with ignored_errors():
            sys.stderr.flush()
        return code

    def send(self, signum):
        """Send a signal, unless the process has ended."""
        if self._ended is None:
            os.kill(self.pid, signum)

    def wait(self) -> Ended:
        """Wait for the end of the process."""
        if self._ended is None:
            self._end(os.waitpid(self.pid, 0)[1])
        return self._ended

    def runs_for(self, seconds: float) -> bool:
        """Wait for some seconds or the end; return whether the process still runs."""
        until = time.monotonic() + seconds
        while self._ended is None and time.monotonic() < until:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                self._end(status)
            else:
                time.sleep(0.005)
        return self._ended is None

    def _end(self, status: int) -> None:
        with open(self._said, "rb") as words:
            said = words.read().decode(errors="replace")
        self._ended = Ended(os.waitstatus_to_exitcode(status), said)


@contextmanager
def ignored_errors():
    """Ignore output that cannot be written."""
    try:
        yield
    except Exception:
        return


def run(work) -> Ended:
    """Run `work` in a fork of this process and return its result."""
    return Process(work).wait()
