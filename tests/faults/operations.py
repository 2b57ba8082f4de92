"""Faults at a given file operation, by audit hooks, without changes to the code.

An operation is one that changes something in a folder: opening a file to write, renaming,
removing, making a folder. A hook stays for the life of a process, so it belongs in a copy.
"""

import os
import sys

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}


def at_operation(folder, which, act):
    """Call act(operation) before operation number `which`, counted from 1.

    Args:
        folder: Folder whose operations are counted.
        which: Number of the operation, or None for all operations.
        act: Function that may end the process, or raise an error for the operation.
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
