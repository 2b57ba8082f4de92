import os

import numpy as np
import pytest
from scipy.linalg import sqrtm

from keras_aae.data import Dataset, Images, load_dataset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation import evaluate, generation
from keras_aae.evaluation.generation import Moments, frechet_distance
from keras_aae.registry import METRICS, SLOW_METRICS

ALL = ("fid", "fid_mixture", "class_coverage", "class_entropy", "class_confidence")


def moments(seed, d=5):
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(d, d))
    return Moments(rng.normal(size=d), factor @ factor.T)


def test_the_distance_of_normals_of_known_moments():
    one = Moments(np.zeros(1), np.array([[4.0]]))
    other = Moments(np.array([3.0]), np.array([[25.0]]))
    assert frechet_distance(one, other) == pytest.approx(3**2 + (5 - 2) ** 2)
    # Of one covariance: the means alone. Of diagonal ones: (s1 - s2)^2 in each direction.
    first, second = moments(0), moments(1)
    moved = Moments(first.mean + 2, first.covariance)
    assert frechet_distance(first, moved) == pytest.approx(5 * 2**2)
    whole = sqrtm(first.covariance @ second.covariance)
    expected = np.sum((first.mean - second.mean) ** 2) + np.trace(
        first.covariance + second.covariance - 2 * whole.real
    )
    assert frechet_distance(first, second) == pytest.approx(expected)
    assert frechet_distance(second, first) == pytest.approx(expected)


def test_the_distance_of_samples_is_near_that_of_their_normals():
    first, second = moments(0, d=3), moments(1, d=3)
    rng = np.random.default_rng(0)
    drawn = [Moments.of(rng.multivariate_normal(*m, 50_000)) for m in (first, second)]
    expected = frechet_distance(first, second)
    assert frechet_distance(*drawn) == pytest.approx(expected, rel=0.05)


def test_the_same_features_are_at_no_distance_also_where_they_are_few():
    features = np.random.default_rng(0).random((7, 20)).astype("float32")
    same = Moments.of(features)
    assert frechet_distance(same, same) == pytest.approx(0, abs=1e-6)
    constant = Moments.of(np.zeros((7, 20)))
    assert frechet_distance(constant, constant) == 0


class Corners:
    """A classifier of four classes, the brightest corner; its features are the corners."""

    def features(self, x):
        scale = 255 if x.dtype == np.uint8 else 1
        return np.asarray(x, float).reshape(-1, 2, 14, 2, 14).mean((2, 4)).reshape(
            -1, 4
        ) / scale  # fmt: skip

    def class_probabilities(self, x):
        corners = self.features(x) + 1e-9
        return corners / corners.sum(axis=1, keepdims=True)


class Repeating:
    """Generates the images it is given, over and over; a code is the place of an image."""

    prior = None

    def __init__(self, images):
        self.pool = images / np.float32(255)

    def generate(self, n, seed):
        return np.resize(self.pool, (n, *self.pool.shape[1:]))


class Coding(Repeating):
    def encode(self, x):
        return np.random.default_rng(0).normal(size=(len(x), 2)).astype("float32")

    def decode(self, z):
        return self.generate(len(z), 0)


@pytest.fixture
def toy_mnist(toy_images, monkeypatch):
    monkeypatch.setattr(generation, "feature_classifier", Corners)
    x, y = toy_images
    # 8x8 in the middle of a corner of its own: the same classes.
    large = np.zeros((len(x), 28, 28, 1), "uint8")
    large[:, 10:18, 10:18] = x
    return Dataset("mnist", Images(large, y), Images(large, y), tuple("abcd"))


def test_the_test_images_themselves_are_perfect(toy_mnist):
    values = evaluate(Coding(toy_mnist.test.array()), toy_mnist, names=ALL)
    assert values["fid"] == pytest.approx(0, abs=1e-9)
    assert values["fid_mixture"] == pytest.approx(0, abs=1e-9)
    assert values["class_coverage"] == 1
    assert values["class_entropy"] == pytest.approx(np.log(4), abs=1e-3)
    assert 0.5 < values["class_confidence"] < 1
    assert set(ALL) <= set(evaluate(Coding(toy_mnist.test.array()), toy_mnist))


def test_a_generator_of_one_class_is_found_out(toy_mnist):
    x, y = toy_mnist.test.array(), toy_mnist.test.labels
    values = evaluate(Repeating(x[y == 2]), toy_mnist, names=ALL[:1] + ALL[2:])
    assert values["fid"] > 0.001
    assert values["class_coverage"] == 1 / 4 and values["class_entropy"] == 0


def test_only_what_generates_is_compared(toy_mnist):
    images = toy_mnist.test.array()
    with pytest.raises(UnsupportedError, match="object lacks `generate`.*fid_mixture"):
        evaluate(object(), toy_mnist, names=["fid"])
    with pytest.raises(UnsupportedError, match="Repeating lacks `encode`"):
        evaluate(Repeating(images), toy_mnist, names=["fid_mixture"])
    conditional = Coding(images)
    conditional.decodes_classes = True
    with pytest.raises(UnsupportedError, match="has `decodes_classes` True"):
        evaluate(conditional, toy_mnist, names=["fid_mixture"])


def test_other_data_are_refused(toy_mnist, toy_images):
    model = Coding(toy_mnist.test.array())
    clothes = Dataset("fashion_mnist", toy_mnist.train, toy_mnist.test, tuple("abcd"))
    small = Dataset("mnist", Images(*toy_images), Images(*toy_images), tuple("abcd"))
    for dataset in (clothes, small):
        for name in ("fid", "fid_mixture"):
            with pytest.raises(UnsupportedError, match="a classifier of MNIST"):
                evaluate(model, dataset, names=[name])


def test_the_menu_says_whose_features_they_are():
    assert "our own" in METRICS["fid"][1] and "not of Inception" in METRICS["fid"][1]
    assert not set(ALL) & set(SLOW_METRICS)


def test_the_classifier_that_ships_opens_on_this_engine():
    classifier = generation.feature_classifier()
    assert classifier.features(np.zeros((2, 28, 28, 1), "uint8")).shape == (2, 64)
    assert generation.CLASSIFIER.stat().st_size < 200_000


@pytest.mark.skipif("KERAS_AAE_DATA" not in os.environ, reason="needs MNIST")
def test_the_classifier_that_ships_knows_real_digits():
    dataset = load_dataset("mnist", data_dir=os.environ["KERAS_AAE_DATA"])
    classifier = generation.feature_classifier()
    x, labels = dataset.test.gather(np.arange(0, 10_000, 5))
    assert np.mean(classifier.classify(x) == labels) > 0.985
