"""Classifiers on frozen features: scikit-learn's numbers on made-up clouds."""

import sys

import keras_aae.cli.transfer
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.evaluation.pixels import as_rows, as_small_rows
from keras_aae.evaluation.transferring import (
    CLASSIFIERS,
    compare,
    numbers,
    of_classes,
    transfer,
)


def clouds(n, seed, classes=3, spread=0.15):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    places = np.array([[0.2, 0.2], [0.8, 0.2], [0.5, 0.8]])[labels]
    x = np.clip(places + rng.normal(0, spread, (n, 2)), 0, 1)
    return Images(x.reshape(n, 1, 2, 1).astype("float32"), labels)


@pytest.fixture(scope="module")
def dataset():
    return Dataset("clouds", clouds(300, 0), clouds(150, 1), tuple("abc"))


def flat(x):
    return x.reshape(len(x), -1)


def test_numbers_are_those_of_scikit_learn(dataset):
    found = transfer(flat, dataset, "logistic")
    (x, y), (tx, ty) = (
        (flat(part.array()), part.labels) for part in (dataset.train, dataset.test)
    )
    mean, scale = x.mean(axis=0), np.sqrt(x.var(axis=0).mean())
    model = LogisticRegression(max_iter=300).fit((x - mean) / scale, y)
    p = model.predict_proba((tx - mean) / scale)
    assert found.test.accuracy == np.mean(p.argmax(axis=1) == ty)
    assert found.test.auroc == pytest.approx(roc_auc_score(ty, p, multi_class="ovr"))
    assert found.test.confusion.sum() == 150 and found.train.confusion.sum() == 300
    diagonal = np.trace(found.test.confusion) / 150
    assert found.test.accuracy == pytest.approx(diagonal)
    np.testing.assert_array_equal(found.test.given, p.argmax(axis=1))


def test_two_classes_alone(dataset):
    part = of_classes(dataset, ["a", "c"])
    assert set(part.train.labels) == {0, 2} and len(part.test) == 100
    found = transfer(flat, part, "logistic")
    assert found.test.confusion.shape == (2, 2) and found.test.auroc > 0.97
    assert set(found.test.given) == {0, 2}
    with pytest.raises(DataError, match=r"no class 'x'\. Its classes: a, b, c"):
        of_classes(dataset, ["a", "x"])


def test_images_without_a_class_are_left_out(dataset):
    labels = dataset.test.labels.copy()
    labels[:7] = -1
    partly = Dataset(
        "clouds", dataset.train, Images(dataset.test.array(), labels), "abc"
    )
    assert len(of_classes(partly).test) == 143 and len(of_classes(partly).train) == 300
    bare = Dataset("bare", Images(dataset.train.array()), Images(dataset.test.array()))
    with pytest.raises(UnsupportedError, match="needs labeled images"):
        of_classes(bare)


def test_features_are_compared_with_each_other_and_with_chance(dataset):
    encoders = {"codes": flat, "nothing": lambda x: 0 * flat(x)}
    found = compare(encoders, dataset, "logistic", 0)
    values = numbers(found)
    assert list(values) == ["codes", "nothing", "chance"]
    assert values["codes"]["test"]["accuracy"] == found["codes"].test.accuracy > 0.9
    assert values["nothing"]["test"]["accuracy"] == pytest.approx(1 / 3)
    assert values["chance"]["train"] == {"accuracy": 1 / 3, "auroc": 0.5}
    assert (
        values["codes"]["train"]["confusion"] == found["codes"].train.confusion.tolist()
    )


def test_small_rows_are_means_of_squares():
    x = np.arange(2 * 40 * 34 * 3, dtype=np.uint8).reshape(2, 40, 34, 3)
    rows = as_small_rows(x).reshape(2, 13, 11, 3)
    np.testing.assert_allclose(
        rows[1, 4, 2], x[1, 12:15, 6:9].mean(axis=(0, 1)) / 255, rtol=1e-5
    )
    small = x[:, :16, :9]
    np.testing.assert_array_equal(as_small_rows(small), as_rows(small))
    assert as_small_rows(small / np.float32(255)).max() <= 1


def test_what_cannot_be_told_is_said(dataset):
    bare = Dataset("bare", Images(dataset.train.array()), Images(dataset.test.array()))
    with pytest.raises(UnsupportedError, match="needs labeled images"):
        transfer(flat, bare, "logistic")
    one = of_classes(dataset, ["b"])
    with pytest.raises(DataError, match="two or more"):
        transfer(flat, one, "logistic")


def test_the_command_offers_every_classifier():
    assert set(keras_aae.cli.transfer.CLASSIFIERS) == set(CLASSIFIERS)


def test_lightgbm_is_an_extra(dataset, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(UnsupportedError, match=r"keras-aae\[transfer\]"):
        transfer(flat, dataset, "lightgbm")


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_every_classifier_tells_clouds_apart(classifier, dataset):
    if classifier != "logistic":
        pytest.importorskip("lightgbm")
    found = transfer(flat, dataset, classifier)
    assert found.test.accuracy > 0.9 and found.test.auroc > 0.97
    again = transfer(flat, dataset, classifier)
    np.testing.assert_array_equal(found.test.confusion, again.test.confusion)
