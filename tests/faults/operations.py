"""Faults at a certain file operation, by Python's audit hooks; the code knows nothing.

An operation is one that changes something in a folder: opening a file to write, renaming,
removing, making a folder. A hook stays for the life of a process, so it belongs in a copy.
"""

import os
import sys

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}


def at_operation(folder, which, act):
    """Call act(what) before the operation number `which`, counted from 1.

    Args:
        folder: Operations elsewhere are not counted.
        which: The number, or None for all of them.
        act: May end the process, or raise what the operation then raises.
    """
    start, count, removing = os.fspath(folder), 0, False

    def hook(event, arguments):
        nonlocal count, removing
        if event == "shutil.rmtree":
            removing = _inside(arguments[0], start)
        if not _changes(event, arguments, start, removing):
            return
        count += 1
        if which is None or count == which:
            act(f"{event} {arguments[0]!r}")

    sys.addaudithook(hook)


def _changes(event, arguments, start, removing) -> bool:
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        return bool(writes) and _inside(path, start)
    # What is removed with its folder is named relative to it.
    if event in ("os.remove", "os.rmdir") and arguments[-1] != -1:
        return removing
    return event in CHANGES and _inside(arguments[0], start)


def _inside(path, start) -> bool:
    return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(start)
