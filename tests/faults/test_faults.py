"""Tests of the most common faults; `make faults` runs all, for every family."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from faults.cases import CASES
from keras_aae.registry import MODELS

# This needs forks of a process with TensorFlow, resizable pipes and /proc.
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
TESTS = Path(__file__).parents[1]
SHORT = {
    "the same recipe twice": 1,
    "kill -9 at a random instant": 3,
    "kill -9 before each file operation": 1,
    "SIGTERM, SIGINT, SIGHUP": 1,
    "SIGTERM, SIGINT, SIGHUP, twice": 1,
    "a file operation fails": 1,
    "two processes on one run": 1,
    "stale temporary files": 1,
    "damaged checkpoint": 40,
    "damaged data": 40,
    "mutated model file": 60,
}
# Cases for every family.
OFTEN = {"the same recipe twice": 1, "kill -9 at a random instant": 2}


def run(engine, items):
    paths = (str(TESTS), str(TESTS.parent), os.environ.get("PYTHONPATH", ""))
    environment = os.environ | {
        "KERAS_BACKEND": engine, "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(paths),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "faults.worker", json.dumps(items), "0"],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["case"], r["family"]) for r in results] == [
        i[:2] for i in map(tuple, items)
    ]
    for result in results:
        assert result["tries"] and not result["lost"] + result["wrong"], result


@pytest.mark.long
def test_nothing_is_lost_and_nothing_differs():
    run("tensorflow", [(name, "vae", tries) for name, tries in SHORT.items()])


def test_every_case_of_all_families_is_among_them():
    assert list(OFTEN) == [name for name, case in CASES.items() if case.every_family]


@pytest.mark.long
@pytest.mark.engines
@pytest.mark.parametrize("part", [0, 1])
def test_no_family_minds_being_killed(part):
    if not importlib.util.find_spec("torch"):
        pytest.skip("PyTorch is not installed")
    families = list(MODELS)[part::2]
    run("torch", [(case, name, n) for name in families for case, n in OFTEN.items()])
