"""Handling of the signals that ask a program to stop, on every system."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def handling_stops(handle: Callable[[int], object]) -> Iterator[None]:
    """Call `handle(signum)` for stop signals while the block runs.

    Only the main thread can handle signals; in other threads this does nothing.
    """
    before = {
        signum: signal.signal(signum, lambda number, frame: handle(number))
        for signum in _stops()
    }
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _stops() -> list[int]:
    if threading.current_thread() is not threading.main_thread():
        return []
    # Windows has no SIGHUP, and nohup ignores it.
    hangup = getattr(signal, "SIGHUP", None)
    stops: list[int] = [signal.SIGINT, signal.SIGTERM]
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        stops.append(hangup)
    return stops
