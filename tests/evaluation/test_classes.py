import numpy as np
import pytest

from keras_aae.data import Dataset, Images
from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.evaluation import evaluate
from keras_aae.priors import Normal, Umbrella

PETALS = Umbrella(4)


class Sure:
    """Probabilities of three groups: the first three pixels of an image."""

    def __init__(self, uses_labels):
        self.uses_labels = uses_labels

    def class_probabilities(self, x):
        return x[:, 0, :3, 0] / 255.0


class Petals:
    """The code of an image is the center of the petal that its first pixel says."""

    def __init__(self, prior=PETALS, components_are_classes=False):
        self.prior, self.components_are_classes = prior, components_are_classes

    def encode(self, x):
        angle = 2 * np.pi * x[:, 0, 0, 0] / 4
        return (2 * np.stack([np.cos(angle), np.sin(angle)], 1)).astype("float32")


def images(rows, labels):
    x = np.zeros((len(rows), 1, 4), "uint8")
    x[:, 0, : np.shape(rows)[1]] = rows
    return Images(x, np.array(labels))


def dataset(train, test, names="abc"):
    return Dataset("known", images(*train), images(*test), tuple(names))


def test_the_share_of_wrong_classes_in_percent():
    rows = [[200, 10, 10], [10, 200, 10], [10, 200, 10], [10, 10, 200], [9, 9, 9]]
    data = dataset((rows, [0] * 5), (rows, [0, 1, 2, 2, -1]))
    assert evaluate(Sure(True), data)["test_error"] == pytest.approx(25)
    with pytest.raises(UnsupportedError, match="Sure has `uses_labels` False"):
        evaluate(Sure(False), data, names=["test_error"])
    wide = dataset((rows, [0] * 5), (rows, [0] * 5), "abcd")
    with pytest.raises(UnsupportedError, match="3 classes.*has 4"):
        evaluate(Sure(True), wide, names=["test_error"])


def test_the_area_under_the_roc_curves_of_all_classes_in_percent():
    # Class 0 is told surely; of class 1 one of two is behind one of three others.
    rows = [[200, 10, 10], [10, 100, 50], [10, 60, 120], [10, 90, 100], [9, 9, 9]]
    data = dataset((rows, [0] * 5), (rows, [0, 1, 1, 2, -1]))
    shares = Sure(True).class_probabilities(data.test.array())[:4]
    pairs = [
        np.mean([a > b for a in shares[own, k] for b in shares[others, k]])
        for k, own, others in ((0, [0], [1, 2, 3]), (1, [1, 2], [0, 3]), (2, [3], [0, 1, 2]))
    ]  # fmt: skip
    assert min(pairs) < 1
    assert evaluate(Sure(True), data)["test_auroc"] == pytest.approx(
        100 * np.mean(pairs)
    )
    one = dataset((rows, [0] * 5), (rows, [1] * 5))
    assert "test_auroc" not in evaluate(Sure(True), one)
    with pytest.raises(UnsupportedError, match="at least 2 classes"):
        evaluate(Sure(True), one, names=["test_auroc"])


def test_clusters_are_named_after_the_surest_example_or_the_most():
    # Group 0: its surest example is of class 2, most are of class 1. Group 1: of class 0.
    # No example falls in group 2, but the last is nearest to it.
    train = [[250, 0, 0], [200, 0, 0], [200, 0, 0], [0, 250, 10], [0, 200, 20]]
    known = [2, 1, 1, 0, 1]
    test = [[99, 0, 0]] * 4 + [[0, 99, 0]] * 2 + [[0, 0, 99]] * 2
    data = dataset((train, known), (test, [2, 1, 1, 1, 0, 0, 1, 2]))
    values = evaluate(Sure(False), data)
    # Surest: 0 -> 2, 1 -> 0, 2 -> 1.  Most: 0 -> 1, 1 -> 0 (of a tie the first), 2 -> 1.
    assert values["cluster_error"] == pytest.approx(100 * 4 / 8)
    assert values["cluster_error_majority"] == pytest.approx(100 * 2 / 8)
    assert "test_error" not in values and "cluster_error" not in evaluate(
        Sure(True), data
    )


def test_clusters_are_never_named_by_test_images():
    rows = np.eye(3, dtype=int) * 200
    data = dataset((rows, [0, 1, 2]), (rows, [1, 2, 0]))
    assert evaluate(Sure(False), data)["cluster_error"] == 100
    unknown = dataset((rows, [-1, -1, -1]), (rows, [0, 1, 2]))
    with pytest.raises(UnsupportedError, match="need labeled images"):
        evaluate(Sure(False), unknown, names=["cluster_error"])


def test_codes_in_the_petal_of_their_class():
    petals, labels = [[0], [1], [2], [2], [3], [0]], [0, 1, 2, 3, 3, -1]
    data = dataset((petals, labels), (petals, labels), "abcd")
    values = evaluate(Petals(components_are_classes=True), data)
    assert values["component_accuracy"] == pytest.approx(4 / 5)
    # At the centers of petals: of their own, or far from it.
    assert values["component_coverage"] == pytest.approx(4 / 5)
    assert values["component_purity"] == pytest.approx(4 / 5)


def test_without_labels_a_petal_may_have_any_class():
    petals = [[0], [0], [0], [1], [1], [2]]
    data = dataset((petals, [0] * 6), (petals, [3, 3, 1, 0, 0, 0]), "abcd")
    values = evaluate(Petals(), data)
    assert values["component_purity"] == pytest.approx(5 / 6)
    assert "component_accuracy" not in values


@pytest.mark.parametrize(
    "model, lacking",
    [
        (Petals(), "`components_are_classes` False"),
        (Petals(Umbrella(5), components_are_classes=True), "4 components.* has 5"),
        (Petals(Normal(2), components_are_classes=True), "Normal lacks `classify`"),
    ],
)
def test_only_a_prior_of_the_classes_has_petals_of_their_own(model, lacking):
    data = dataset(([[0], [1]], [0, 1]), ([[0], [1]], [0, 1]), "abcd")
    with pytest.raises(KerasAAEError, match=lacking):
        evaluate(model, data, names=["component_accuracy"])


KMEANS = ["kmeans_accuracy", "kmeans_nmi"]


def test_clusters_of_codes_are_given_the_classes_they_agree_with():
    rows, classes = [[0], [0], [0], [1], [1], [1], [2], [2], [2]], [2, 2, 2, 0, 0, 0]
    data = dataset((rows, [0] * 9), (rows, [*classes, 1, 1, 1]))
    assert evaluate(Petals(), data, names=KMEANS) == {
        "kmeans_accuracy": 1.0, "kmeans_nmi": pytest.approx(1.0),
    }  # fmt: skip
    # One image of the first petal is of the class of the second.
    data = dataset((rows, [0] * 9), (rows, [2, 2, 0, 0, 0, 0, 1, 1, 1]))
    values = evaluate(Petals(), data, names=KMEANS)
    assert values["kmeans_accuracy"] == pytest.approx(8 / 9)
    # I(c; y) of counts [[2, 1, 0], [0, 3, 0], [0, 0, 3]] out of 9, by hand.
    information = (
        2 / 9 * np.log(3) + 1 / 9 * np.log(3 / 4) + 3 / 9 * np.log(9 / 4)
        + 3 / 9 * np.log(3)
    )  # fmt: skip
    of_classes = -sum(n / 9 * np.log(n / 9) for n in (2, 4, 3))
    expected = 2 * information / (np.log(3) + of_classes)
    assert values["kmeans_nmi"] == pytest.approx(expected)


def test_clusters_need_codes_labels_and_as_many_images_as_classes():
    data = dataset(([[0]] * 4, [0] * 4), ([[0], [1]], [0, 1]))
    with pytest.raises(UnsupportedError, match="3 clusters among 2 codes"):
        evaluate(Petals(), data, names=KMEANS)
    with pytest.raises(UnsupportedError, match="Sure lacks `encode`"):
        evaluate(Sure(True), data, names=KMEANS)
    unlabeled = Dataset("known", *[Images(np.zeros((9, 1, 4), "uint8"))] * 2)
    with pytest.raises(UnsupportedError, match="need labeled images"):
        evaluate(Petals(), unlabeled, names=KMEANS)
