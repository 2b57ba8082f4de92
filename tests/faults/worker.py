"""Worker that runs some cases, in a process that never uses Keras itself."""

import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path

# Keras imports this at the first save; import it once before forking.
if importlib.util.find_spec("tensorflow"):
    import tensorflow  # noqa: F401

# Commands import these on demand; import them once before forking.
import keras_aae.cli.evaluate  # noqa: F401
import keras_aae.cli.progress  # noqa: F401
import keras_aae.cli.tables  # noqa: F401
import keras_aae.cli.train  # noqa: F401

import keras_aae.publishing.source  # noqa: F401
import keras_aae.training  # noqa: F401
from faults.bench import Bench
from faults.cases import CASES


def main(items: list[tuple[str, str, int]], seed: int) -> None:
    """Run (case, family, tries) units and print one line of JSON for each."""
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
