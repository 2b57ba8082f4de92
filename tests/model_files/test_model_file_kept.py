"""Tests that model files of an earlier version give the same outputs."""

from pathlib import Path

import numpy as np
import pytest
from families import decode, read

from keras_aae.lookup import current_name
from keras_aae.model_files.saving import load_model
from keras_aae.registry import MODELS

FOLDERS = sorted(Path(__file__).parents[1].glob("fixtures/models-format-*"))
FILES = [file for folder in FOLDERS for file in sorted(folder.glob("*.keras"))]


def test_every_family_was_kept_once():
    assert set(MODELS) <= {current_name("model", file.stem) for file in FILES}


@pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_it_opens_and_says_what_it_said(file):
    model = load_model(file)
    with np.load(file.with_name("expected.npz")) as expected:
        given = read(model, expected["x"])
        np.testing.assert_allclose(given, expected[f"{file.stem}/read"], atol=1e-5)
        if hasattr(model, "decode"):
            decoded = decode(model, expected[f"{file.stem}/codes"])
            wanted = expected[f"{file.stem}/decoded"]
            np.testing.assert_allclose(decoded, wanted, atol=1e-5)
