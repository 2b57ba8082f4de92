"""Time of `--help` of every command, and whether it imports Keras."""

import subprocess
import sys
import time
from statistics import median

from keras_aae.cli.main import COMMANDS

REPEATS = 5
RUN = "from keras_aae.cli.main import main; main()"
PROBE = (
    "import atexit, sys; "
    "atexit.register(lambda: print('KERAS' if 'keras' in sys.modules else 'NO')); "
)


def measure() -> dict[str, dict]:
    """Return a dict of command to {"seconds": median, "keras": whether imported}."""
    return {" ".join(words): _measure(words) for words in ([], *_commands())}


def _commands():
    return [[name] for name in COMMANDS]


def _measure(words):
    arguments = [*words, "--help"]
    command = [sys.executable, "-c", RUN, *arguments]
    readings = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        readings.append(time.perf_counter() - started)
    probe = [sys.executable, "-c", PROBE + RUN, *arguments]
    output = subprocess.run(probe, check=True, capture_output=True, text=True).stdout
    return {"seconds": median(readings), "keras": output.splitlines()[-1] == "KERAS"}
