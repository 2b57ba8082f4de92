"""One contender in a process of its own: builds, warms up, and waits to be asked.

Every line read is a request for a turn; every line written is JSON: {"ready": info} once,
then {"seconds": {label: s}, "cpu_seconds": {label: s}} for each turn.
"""

import argparse
import importlib
import json
import os
import sys
import time

from benchmarks.contenders import GROUPS
from benchmarks.images import load_images


def main() -> None:
    """Serve turns until the input ends."""
    arguments = _parse()
    reply = _reply_channel()
    contender = GROUPS[arguments.group][arguments.contender]
    images, source = load_images(arguments.images)
    module, function = contender.where.split(":")
    build = getattr(importlib.import_module(module), function)
    turns, info = build(images, **contender.options)
    if turns:
        _take(turns)
    reply({"ready": {"images": source, **info}})
    for _ in sys.stdin:
        reply(_take(turns))


def _parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("contender")
    parser.add_argument("--images", type=int, default=60_000)
    return parser.parse_args()


def _reply_channel():
    """Keep stdout for the replies; whatever libraries print goes to stderr."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def reply(message):
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    return reply


def _take(turns) -> dict:
    """Every turn once, with its wall and processor time."""
    seconds, cpu_seconds = {}, {}
    for label, turn in turns.items():
        cpu, wall = time.process_time(), time.perf_counter()
        turn()
        seconds[label] = time.perf_counter() - wall
        cpu_seconds[label] = time.process_time() - cpu
    return {"seconds": seconds, "cpu_seconds": cpu_seconds}


if __name__ == "__main__":
    main()
