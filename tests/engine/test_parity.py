"""Tests that a model without randomness gives the same results on every engine."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from families import small_model

SCRIPT = Path(__file__).with_name("parity.py")
TESTS = Path(__file__).parents[1]


def on(engine, *args):
    environment = {**os.environ, "KERAS_BACKEND": engine, "PYTHONPATH": str(TESTS)}
    result = subprocess.run(
        [sys.executable, SCRIPT, *args], env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return [np.array(part) for part in json.loads(result.stdout.splitlines()[-1])]


@pytest.mark.long
@pytest.mark.engines
@pytest.mark.parametrize("name", ["autoencoder", "four-phases"])
def test_engines_agree(name, toy_npz, tmp_path):
    others = [e for e in ("jax", "torch") if importlib.util.find_spec(e)]
    if not others:
        pytest.skip("neither jax nor torch is installed")
    options = {"random": False} if name == "four-phases" else {}
    model = small_model(name, **options)
    model.save(tmp_path / "model.keras")
    ours = on(keras.backend.backend(), tmp_path / "model.keras", toy_npz)
    for engine in others:
        theirs = on(engine, tmp_path / "model.keras", toy_npz)
        np.testing.assert_allclose(ours[0], theirs[0], atol=1e-5, err_msg=engine)
        np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-4, err_msg=engine)
        np.testing.assert_allclose(ours[2], theirs[2], atol=1e-3, err_msg=engine)
