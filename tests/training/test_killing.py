"""Tests of interrupted commands, which say how to resume; see also `faults`."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="module")
def data(tmp_path_factory, toy_images):
    x, y = toy_images
    path = tmp_path_factory.mktemp("data") / "toy.npz"
    x, y = np.concatenate([x] * 6), np.concatenate([y] * 6)
    np.savez(path, x_train=x[:-20], y_train=y[:-20], x_test=x[-20:], y_test=y[-20:])
    return path


def wait_for(condition, process, seconds=120):
    end = time.monotonic() + seconds
    while not condition() and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.long
@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_signal_saves_and_tells_how_to_go_on(signum, code, data, tmp_path):
    folder = tmp_path / "run"
    command = Path(sys.executable).with_name("keras-aae")
    options = ["--dataset", data, "--batch-size", "8", "--epochs", "100000",
               "--hidden-units", "8", "--out", folder, "--no-figures"]  # fmt: skip
    process = subprocess.Popen(
        [command, "train", "vae", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(lambda: (folder / "history.csv").exists(), process)
    process.send_signal(signum)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    assert f"keras-aae resume {folder}" in errors and "Traceback" not in errors
    assert (folder / "model.keras").exists()
    assert len(list((folder / "checkpoints").glob("step-*"))) == 1


def limit_files(size):
    """Limit files to `size` bytes, as on a full disk."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.long
def test_a_full_disk_loses_nothing(data, tmp_path):
    folder = tmp_path / "run"
    command = [
        Path(sys.executable).with_name("keras-aae"), "train", "vae", "--dataset", data,
        "--epochs", "3", "--batch-size", "24", "--hidden-units", "64", "--out", folder,
        "--checkpoint-seconds", "0", "--no-figures", "--no-evaluation",
    ]  # fmt: skip
    result = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=lambda: limit_files(50_000)
    )
    assert result.returncode == 1
    assert "Could not write to" in result.stderr and "epoch 3/3" in result.stdout
    assert (
        "Could not write a checkpoint in" in result.stderr
        and "Traceback" not in result.stderr
    )
    assert not list(folder.glob("checkpoints/*")) and not list(folder.glob("*.tmp*"))
    resumed = subprocess.run(
        [command[0], "resume", folder, "--no-figures", "--no-evaluation"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert resumed.returncode == 0, resumed.stderr
    assert (folder / "model.keras").exists()
