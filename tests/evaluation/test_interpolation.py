"""Paths between images: even fading, one jump, a way round."""

import numpy as np
import pytest

from keras_aae.data import Dataset, Images
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation import evaluate
from keras_aae.evaluation.interpolation import STEPS


@pytest.fixture(scope="module")
def dataset():
    x = np.random.default_rng(0).random((60, 2, 2, 1), np.float32)
    return Dataset("noise", Images(x), Images(x))


class Model:
    """A code is the first pixel; `path` makes an image of it."""

    def __init__(self, path):
        self.path = path

    def encode(self, x):
        return x.reshape(len(x), -1)[:, :1]

    def decode(self, z):
        return self.path(z).reshape(len(z), -1, 1, 1)


def energy(path, dataset):
    values = evaluate(Model(path), dataset, names=["interpolation_energy"])
    return values["interpolation_energy"]


def test_even_fading_has_energy_one_and_a_jump_all_of_it(dataset):
    assert energy(lambda z: np.repeat(z, 4, axis=1), dataset) == pytest.approx(1)
    jump = energy(lambda z: (z > 0.5).astype("float32"), dataset)
    assert jump == pytest.approx(STEPS)


def test_a_way_round_has_more(dataset):
    def half_circle(z):
        angle = 100 * np.pi * z
        return np.concatenate([np.cos(angle), np.sin(angle)], axis=1)

    assert energy(half_circle, dataset) > 5


def test_where_there_is_no_path_it_does_not_apply(dataset):
    with pytest.raises(UnsupportedError, match="same image"):
        energy(lambda z: np.zeros((len(z), 4), "float32"), dataset)
    with pytest.raises(UnsupportedError, match="object lacks `encode`"):
        evaluate(object(), dataset, names=["interpolation_energy"])
