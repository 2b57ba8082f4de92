"""Dataset: its parts fit together, and the fingerprint tells any change."""

import subprocess
import sys

import numpy as np
import pytest

from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError

MAKE = """
import numpy as np
from keras_aae.data import Dataset, Images
x = np.arange(240, dtype=np.uint8).reshape(10, 4, 6)
labels = np.arange(10) % 2
dataset = Dataset("d", Images(x, labels), Images(x[:3]), ("even", "odd"))
"""


def made(x_change=None, **changes):
    x = np.arange(240, dtype=np.uint8).reshape(10, 4, 6)
    if x_change:
        x[x_change] += 1
    labels = changes.pop("labels", np.arange(10) % 2)
    values = {"class_names": ("even", "odd"), "test": Images(x[:3].copy())}
    return Dataset("d", Images(x, labels), **(values | changes))


def test_shape_and_classes():
    dataset = made()
    assert dataset.image_shape == (4, 6, 1)
    assert dataset.num_classes == 2
    assert dataset.note == ""


def test_parts_of_different_shape_are_refused():
    with pytest.raises(DataError, match="uint8 of 4x6x1, test images uint8 of 6x4x1"):
        made(test=Images(np.zeros((3, 6, 4), np.uint8)))


def test_parts_of_different_type_are_refused():
    with pytest.raises(DataError, match="test images float32 of 4x6x1"):
        made(test=Images(np.zeros((3, 4, 6))))


def test_labels_need_names():
    with pytest.raises(DataError, match="to 1, .* 0 class.*Expected 2"):
        made(class_names=())


def test_fingerprint_is_the_same_in_another_process():
    code = MAKE + "print(dataset.fingerprint)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == made().fingerprint, run.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"x_change": (9, 3, 5)},
        {"labels": np.arange(10) // 9},
        {"labels": None},
        {"class_names": ("odd", "even")},
        {"test": Images(np.zeros((3, 4, 6), np.uint8))},
    ],
)
def test_fingerprint_tells_a_change(change):
    assert made(**change).fingerprint != made().fingerprint


def test_fingerprint_is_of_the_content_alone(monkeypatch):
    dataset = made()
    copied = Images(dataset.train.array().astype(np.int64), np.arange(10) % 2)
    monkeypatch.setattr("keras_aae.data.images.BLOCK_BYTES", 50)
    same = Dataset("another name", copied, dataset.test, ("even", "odd"), note="n")
    assert same.fingerprint == dataset.fingerprint


def test_fingerprint_knows_the_selection_and_the_shape():
    dataset = made()
    part = dataset.train.subset(np.arange(9))
    turned = Images(dataset.train.array().reshape(10, 6, 4), np.arange(10) % 2)
    names = ("even", "odd")
    fingerprints = {
        dataset.fingerprint,
        Dataset("d", part, dataset.test, names).fingerprint,
        Dataset("d", turned, Images(np.zeros((3, 6, 4), np.uint8)), names).fingerprint,
    }
    assert len(fingerprints) == 3
