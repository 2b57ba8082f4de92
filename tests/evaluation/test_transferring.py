"""Classifiers on frozen features: scikit-learn's numbers on made-up clouds."""

import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import cli.transfer
from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.evaluation.transferring import CLASSIFIERS, of_classes, transfer


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


def test_two_classes_alone(dataset):
    part = of_classes(dataset, ["a", "c"])
    assert set(part.train.labels) == {0, 2} and len(part.test) == 100
    found = transfer(flat, part, "logistic")
    assert found.test.confusion.shape == (2, 2) and found.test.auroc > 0.97
    with pytest.raises(DataError, match=r"no class 'x'\. Its classes: a, b, c"):
        of_classes(dataset, ["a", "x"])


def test_what_cannot_be_told_is_said(dataset):
    bare = Dataset("bare", Images(dataset.train.array()), Images(dataset.test.array()))
    with pytest.raises(UnsupportedError, match="needs labelled images"):
        transfer(flat, bare, "logistic")
    one = of_classes(dataset, ["b"])
    with pytest.raises(DataError, match="two or more"):
        transfer(flat, one, "logistic")


def test_the_command_offers_every_classifier():
    assert set(cli.transfer.CLASSIFIERS) == set(CLASSIFIERS)


def test_lightgbm_is_an_extra(dataset, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(UnsupportedError, match=r"keras-aae\[transfer\]"):
        transfer(flat, dataset, "lightgbm")


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_every_classifier_tells_clouds_apart(classifier, dataset):
    if classifier == "lightgbm":
        pytest.importorskip("lightgbm")
    found = transfer(flat, dataset, classifier)
    assert found.test.accuracy > 0.9 and found.test.auroc > 0.97
    again = transfer(flat, dataset, classifier)
    np.testing.assert_array_equal(found.test.confusion, again.test.confusion)
