"""Tests that the harness detects losses and differences."""

import hashlib
import io
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path
from random import Random

import h5py
import pytest

from faults.mutation import damaged
from faults.processes import UNEXPECTED
from faults.processes import run as run_a_copy
from faults.states import Belongings, final_state

KEPT = Path(__file__).parents[1] / "fixtures" / "run-format-1"


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "run"
    shutil.copytree(KEPT, path)
    (path / "mine.txt").write_text("mine")
    return path


def newest(run):
    return max((run / "checkpoints").glob("step-*"))


def change_one_number(path):
    """Change one number of a `.keras` file slightly, with matching checksums."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    data = io.BytesIO(members["model.weights.h5"])
    with h5py.File(data, "r+") as file:
        file["decoder/layers/dense/vars/0"][0, 0] += 1e-7
    members["model.weights.h5"] = data.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def change_a_row(path):
    text = path.read_text()
    path.write_text(text[:-3] + ("1" if text[-3] != "1" else "2") + text[-2:])


def change_progress(path):
    content = json.loads(path.read_text())
    content["progress"]["best"] += 1e-9
    path.write_text(json.dumps(content))


def fit_manifest(file):
    """Update the manifest for a changed file, as if it had been saved so."""
    manifest = file.with_name("manifest.json")
    content = json.loads(manifest.read_text())
    content["files"][file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(content))


def test_every_difference_is_seen(run):
    before = final_state(run)
    assert final_state(KEPT) == before
    for file, change, key in (
        (newest(run) / "state.keras", change_one_number, "tensors"),
        (run / "model.keras", change_one_number, "model"),
        (run / "history.csv", change_a_row, "history"),
        (newest(run) / "manifest.json", change_progress, "progress"),
    ):
        content = file.read_bytes()
        change(file)
        if file.name == "state.keras":
            fit_manifest(file)
        state = final_state(run)
        assert [k for k in before if state[k] != before[k]] == [key]
        file.write_bytes(content)
        shutil.copy(
            KEPT / "checkpoints" / newest(run).name / "manifest.json", newest(run)
        )


def test_everything_that_goes_is_missed(run):
    before = Belongings(run)
    assert not before.losses()
    state = newest(run) / "state.keras"
    state.write_bytes(damaged(state.read_bytes(), Random(0)))
    (run / "model.keras").unlink()
    (run / "mine.txt").write_text("other")
    (run / "recipe.json").unlink()
    assert len(before.losses()) == 4


# Other tests of this process may have started JAX, which warns of every copy; it is gone.
@pytest.mark.filterwarnings("ignore:os.fork")
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_a_copy_that_cannot_even_say_why_it_failed_ends_there():
    def work():
        os.close(2)
        raise ValueError

    original = os.getpid()
    assert run_a_copy(work).code == UNEXPECTED
    assert os.getpid() == original
