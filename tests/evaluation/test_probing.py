"""Classifiers of few labels on features: known answers on made-up clouds."""

import numpy as np
import pytest

from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError, KerasAAEError, UnsupportedError
from keras_aae.evaluation import evaluate
from keras_aae.evaluation.pixels import as_rows
from keras_aae.evaluation.probing import probe
from keras_aae.registry import SLOW_METRICS


def clouds(n, seed):
    """Images of 2x2: a cloud for each of three classes, in the first two pixels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    x = rng.random((n, 2, 2, 1))
    places = np.array([[0.2, 0.2], [0.8, 0.2], [0.5, 0.8]])[labels]
    x[:, 0, :, 0] = np.clip(places + rng.normal(0, 0.05, (n, 2)), 0, 1)
    return Images(x.astype("float32"), labels)


@pytest.fixture(scope="module")
def dataset():
    return Dataset("clouds", clouds(2400, 0), clouds(300, 1), tuple("abc"))


def first_row(x):
    return x[:, 0, :, 0]


def last_row(x):
    return x[:, 1, :, 0]


def test_what_codes_hold_is_found_and_nothing_else(dataset):
    good = probe(first_row, dataset, 30, draws=2)
    assert list(good) == ["logistic", "knn", "dense"]
    assert all(len(scores) == 2 and min(scores) > 0.95 for scores in good.values())
    nothing = probe(last_row, dataset, 30, draws=2)
    assert all(0.2 < np.mean(scores) < 0.5 for scores in nothing.values())
    assert good == probe(first_row, dataset, 30, draws=2)


def test_only_the_labels_asked_for_are_known(dataset):
    seen = []

    def encode(x):
        seen.append(len(x))
        return first_row(x)

    probe(encode, dataset, 12, draws=3)
    assert seen == [300, 12, 12, 12]
    with pytest.raises(DataError, match="from 1 to 2400"):
        probe(first_row, dataset, 2401)


def test_codes_and_pixels_are_metrics(dataset):
    class Model:
        encode = staticmethod(last_row)

    names = [
        "probe_logistic_2000",
        "probe_knn_2000",
        "probe_dense_2000",
        "pixel_probe_logistic_2000",
        "pixel_probe_knn_2000",
        "pixel_probe_dense_2000",
    ]
    assert set(names) <= set(SLOW_METRICS)
    values = evaluate(Model(), dataset, names=names)
    for kind in ("logistic", "knn", "dense"):
        assert values[f"pixel_probe_{kind}_2000"] > 0.9 > values[f"probe_{kind}_2000"]
    assert values["pixel_probe_logistic_2000"] == np.mean(
        probe(as_rows, dataset, 2000)["logistic"]
    )
    with pytest.raises(UnsupportedError, match="object lacks `encode`"):
        evaluate(object(), dataset, names=["probe_logistic_2000"])
    bare = Dataset("bare", Images(dataset.train.array()), Images(dataset.test.array()))
    with pytest.raises(KerasAAEError, match="labeled"):
        evaluate(Model(), bare, names=["probe_logistic_2000"])
