"""Tests that a run of an earlier version opens, evaluates the same and resumes."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from keras_aae import training
from keras_aae.model_files.inspection import inspect_model
from keras_aae.model_files.saving import load_model
from keras_aae.publishing import source

RUNS = sorted(Path(__file__).parents[1].glob("fixtures/run-format-*"))
TERMS = ("neg_elbo", "reconstruction_nll", "kl", "mse")


@pytest.fixture(params=RUNS, ids=lambda path: path.name)
def kept(request, tmp_path):
    path = tmp_path / request.param.name
    shutil.copytree(request.param, path)
    return path


def test_there_is_one():
    assert RUNS


def test_the_model_opens_alone(kept):
    model = load_model(kept / "model.keras")
    assert model.decode(np.zeros((2, model.latent_dim))).shape == (
        2,
        *model.image_shape,
    )
    assert inspect_model(kept / "model.keras")["accepted"]


def test_it_measures_what_it_measured(kept):
    opened = source.Source.open(kept)
    before, now = opened.run.metrics, source.evaluate_source(opened)
    for name in TERMS:
        assert now[name] == pytest.approx(before[name], rel=1e-4)


def test_it_is_finished_until_it_is_extended(kept):
    class Stops(training.Reporter):
        def epoch(self, row):
            raise InterruptedError

    run = source.Source.open(kept).run
    assert not (kept / "status.json").exists() and run.finished
    training.resume(kept)
    assert run.finished
    with pytest.raises(InterruptedError):
        training.resume(kept, epochs=len(run.history) + 1, reporter=Stops())
    assert not run.finished


def test_it_goes_on(kept):
    before = source.Source.open(kept).run
    rows, warnings = before.history, []
    reporter = training.Reporter()
    reporter.warn = warnings.append
    run = training.resume(kept, epochs=len(rows) + 1, reporter=reporter)
    assert run.history[:-1] == rows
    assert run.history[-1]["neg_elbo"] < rows[-1]["neg_elbo"]
    assert not any("damaged" in text for text in warnings)
