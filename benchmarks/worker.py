"""Worker process of one contender: builds, warms up, and waits for requests.

Each line of input requests a turn. Each line of output is JSON: {"ready": info} once,
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
    """Run turns until the input ends."""
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
    """Reserve stdout for replies; redirect the output of libraries to stderr."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def reply(message):
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    return reply


def _take(turns) -> dict:
    """Run every turn once; return wall and processor times."""
    seconds, cpu_seconds = {}, {}
    for label, turn in turns.items():
        cpu, wall = time.process_time(), time.perf_counter()
        turn()
        seconds[label] = time.perf_counter() - wall
        cpu_seconds[label] = time.process_time() - cpu
    return {"seconds": seconds, "cpu_seconds": cpu_seconds}


if __name__ == "__main__":
    main()
