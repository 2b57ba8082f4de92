"""Classifiers of frozen codes: known answers on made-up codes."""

import numpy as np
import pytest

from keras_aae.data import Dataset, Images
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation import describe, evaluate
from keras_aae.registry import METRICS, SLOW_METRICS

FEW = ["probe_kernel_100", "probe_kernel_500", "probe_pseudo_labels_100"]


def blobs(n, seed, noise=0.0):
    """Images of 2x2 whose pixels 0 and 1 are the place in one of four round clouds."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 4
    x = rng.random((n, 2, 2, 1))
    places = np.stack([labels // 2, labels % 2], axis=1)
    x[:, 0, :, 0] = np.clip(0.3 + 0.4 * places + rng.normal(0, 0.08, (n, 2)), 0, 1)
    wrong = rng.random(n) < noise
    return Images(x.astype("float32"), np.where(wrong, (labels + 1) % 4, labels))


@pytest.fixture(scope="module")
def dataset():
    return Dataset("blobs", blobs(600, 0), blobs(300, 1), tuple("abcd"))


class Pixels:
    """Codes are the first pixels, one of them enlarged, and one that is always 0."""

    def encode(self, x):
        z = x.reshape(len(x), -1)[:, :2] * [100, 100]
        return np.concatenate([z, np.zeros((len(x), 1))], axis=1)


def test_clouds_apart_are_told_apart(dataset):
    values = evaluate(Pixels(), dataset, names=["probe_logistic_10000", *FEW])
    assert list(values) == ["probe_logistic_10000"] + [
        name + ending for name in FEW for ending in ("", "_std")
    ]
    assert min(v for k, v in values.items() if "_std" not in k) > 0.97
    assert values == evaluate(Pixels(), dataset, names=["probe_logistic_10000", *FEW])


def test_guesses_help_where_labels_are_few_and_clouds_far_apart():
    class Four(Pixels):
        def encode(self, x):
            z = x.reshape(len(x), -1)
            return np.concatenate([z[:, :2], 0.5 * z[:, 2:]], axis=1)

    noisy = Dataset("noisy", blobs(900, 0, 0.25), blobs(500, 1), tuple("abcd"))
    values = evaluate(Four(), noisy, names=FEW)
    assert values[FEW[2]] > values[FEW[0]] + 0.03
    assert values[FEW[1]] > values[FEW[0]]


SPREAD = "probe_label_spreading_100"


def test_labels_spread_along_a_spiral_that_no_line_parts():
    def arms(n, seed):
        labels, t = np.arange(n) % 2, np.random.default_rng(seed).random(n)
        angle = 2 + 8 * t + np.pi * labels
        places = np.stack([np.cos(angle), np.sin(angle)], 1) * (0.1 + 0.4 * t[:, None])
        x = np.concatenate([0.5 + places, np.zeros((n, 2))], axis=1)
        return Images(x.reshape(n, 2, 2, 1).astype("float32"), labels)

    spiral = Dataset("spiral", arms(2000, 0), arms(400, 1), ("a", "b"))
    values = evaluate(Pixels(), spiral, names=["probe_logistic_10000", SPREAD])
    assert values["probe_logistic_10000"] < 0.8
    assert values[SPREAD] > 0.99 and values[SPREAD + "_std"] < 0.01


def test_labels_are_spread_in_numbers_that_fit_the_classes(dataset):
    shifted = Images(dataset.test.array(), (dataset.test.labels + 1) % 4)
    wrong = Dataset("wrong", dataset.train, shifted, dataset.class_names)
    assert evaluate(Pixels(), dataset, names=[SPREAD])[SPREAD] > 0.97
    assert evaluate(Pixels(), wrong, names=[SPREAD])[SPREAD] < 0.03
    with pytest.raises(ValueError, match=f"'{SPREAD}' does not apply"):
        small = Dataset("small", blobs(100, 0), dataset.test, dataset.class_names)
        evaluate(Pixels(), small, names=[SPREAD])


def test_only_test_images_are_measured_on(dataset):
    shifted = Images(dataset.test.array(), (dataset.test.labels + 1) % 4)
    wrong = Dataset("wrong", dataset.train, shifted, dataset.class_names)
    values = evaluate(Pixels(), wrong, names=["probe_logistic_10000", FEW[0], FEW[2]])
    assert max(values["probe_logistic_10000"], values[FEW[0]], values[FEW[2]]) < 0.03


def test_few_training_images_have_fewer_numbers(dataset):
    small = Dataset("small", blobs(100, 0), dataset.test, dataset.class_names)
    values = evaluate(Pixels(), small, names=[FEW[0]])
    assert set(values) == {FEW[0], FEW[0] + "_std"}
    with pytest.raises(ValueError, match="'probe_pseudo_labels_100' does not apply"):
        evaluate(Pixels(), small, names=[FEW[2]])


def test_images_without_a_label_are_left_out(dataset):
    x, labels = dataset.train.gather(slice(None))
    labels = np.where(np.arange(len(labels)) < 300, labels, -1)
    some = Dataset("some", Images(x, labels), dataset.test, dataset.class_names)
    assert (
        evaluate(Pixels(), some, names=["probe_logistic_10000"])["probe_logistic_10000"]
        > 0.97
    )


def test_what_cannot_be_probed_is_said(dataset):
    with pytest.raises(UnsupportedError, match="object lacks `encode`"):
        evaluate(object(), dataset, names=["probe_logistic_10000"])
    bare = Dataset("bare", Images(dataset.train.array()), Images(dataset.test.array()))
    with pytest.raises(UnsupportedError, match="need labeled images"):
        evaluate(Pixels(), bare, names=[FEW[0]])
    one = Images(dataset.train.array(), np.zeros(600, int))
    single = Dataset("one", one, one, ("a",))
    with pytest.raises(UnsupportedError, match="at least 2 classes"):
        evaluate(Pixels(), single, names=["probe_logistic_10000"])


def test_slow_probes_are_measured_where_they_are_named(dataset):
    assert set(FEW) <= set(SLOW_METRICS)
    assert set(evaluate(Pixels(), dataset)) & {*FEW, "probe_logistic_10000"} == {
        "probe_logistic_10000"
    }
    assert describe(FEW[0] + "_std") == METRICS[FEW[0]][1]
