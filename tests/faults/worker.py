"""Does a share of the cases, in a process that never starts Keras itself."""

import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path

# Keras imports it at the first save, whatever its backend; before the copies, once.
if importlib.util.find_spec("tensorflow"):
    import tensorflow  # noqa: F401

# What commands import when they are named; the copies are of a process that has it all.
import keras_aae.cli.evaluate  # noqa: F401
import keras_aae.cli.progress  # noqa: F401
import keras_aae.cli.tables  # noqa: F401
import keras_aae.cli.train  # noqa: F401

import keras_aae.publishing.source  # noqa: F401
import keras_aae.training  # noqa: F401
from faults.bench import Bench
from faults.cases import CASES


def main(items: list[tuple[str, str, int]], seed: int) -> None:
    """Do (case, family, tries) each and print a line of JSON of each."""
    benches = {}
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        for case, family, tries in items:
            if family not in benches:
                place = Path(folder).resolve() / family
                place.mkdir()
                benches[family] = Bench(family, place, seed)
            started = time.monotonic()
            tally = CASES[case].load()(benches[family], tries)
            seconds = round(time.monotonic() - started, 1)
            result = vars(tally) | {"case": case, "family": family, "seconds": seconds}
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), int(sys.argv[2]))
