"""What small classifiers make of frozen codes, with few labels and with many."""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from keras_aae.data import stratified_subset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.density import finite_codes
from keras_aae.evaluation.pixels import labelled

TRAINING_IMAGES = 10_000
LABELS = (100, 500)
DRAWS = 5  # of the labelled images
LANDMARKS = 600  # training codes that others are compared with
# Inverse of the penalty, chosen with the rest on training images that nothing was
# trained on, of autoencoders and VAEs of MNIST.
LINEAR, KERNEL = 1.0, 30.0
GUESSED_LABELS = 100
GUESSED_IMAGES = 2500
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)  # of the guesses believed, round after round
# Chosen on training images too, of the codes of a shared-encoding network.
SPREAD_IMAGES, NEIGHBOURS, SPREAD = 20_000, 10, 0.99


@dataclass(frozen=True, eq=False)
class Codes:
    """Codes, (n, d), and classes, (n,), of training and of test images.

    Both are centred and divided by one number, so that the training codes have mean
    variance 1: units that hold nothing keep their small variance.
    """

    train: np.ndarray
    labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray


def linear_accuracy(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images that logistic regression on codes finds the class of.

    It is trained on the codes and labels of 10,000 training images.
    """
    del seed
    codes = _codes(model, dataset)
    with quiet():
        classifier = _logistic(LINEAR).fit(codes.train, codes.labels)
        accuracy = classifier.score(codes.test, codes.test_labels)
    return {"linear_accuracy": accuracy}


def few_label_accuracies(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images that a classifier of few labels finds the class of.

    p(y|z) = softmax(W k(z) + b),  k(z)_i = exp(-|z - z_i|^2 / d)

    Kernel logistic regression: k compares a code of d units with 600 training codes,
    whitened (Nystroem's method), which needs no labels. W is fitted to the labels of 100
    or 500 training images, equally many of each class.

    For `pseudo_label_accuracy_100` the classifier of 100 labels guesses the classes of
    2,500 other training images and is fitted again to the labels and the fifth of the
    guesses that it is surest of; it guesses anew and takes two fifths, and so on to all.

    All are means over five draws of the labelled images; `_std` is the standard deviation
    over these.

    References:
        Using the Nystroem Method to Speed Up Kernel Machines (Williams, Seeger, 2001)
        Pseudo-Label (Lee, 2013), for the guesses.
        drburke/tensorflow, SENs/, whose dense 64-64 classifier with
        dropout, ReLU added, finds 1 to 3 points less in our codes.
    """
    codes, values = _codes(model, dataset), {}
    with quiet():
        codes = _compared(codes, seed)
        draws = [DRAWS * seed + i for i in range(DRAWS)]
        for n in LABELS:
            if n <= len(codes.train):
                scores = [_score(codes, *_told(codes, n, draw)) for draw in draws]
                values |= _summary(f"frozen_accuracy_{n}", scores)
        if GUESSED_LABELS < len(codes.train):
            scores = [_pseudo_label_score(codes, draw) for draw in draws]
            values |= _summary(f"pseudo_label_accuracy_{GUESSED_LABELS}", scores)
    return values


def spread_label_accuracy(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images that 100 labels, spread along the codes, find the class of.

    F = (1 - alpha) (I - alpha S)^-1 Y,  S = D^-1/2 W D^-1/2

    of the graph W of the 10 nearest neighbours among 20,000 training codes, with alpha =
    0.99 and Y one-hot where an image is labelled; its rows are made distributions, and
    every class is given the same mass, as it has among the labels. A test image is of
    the class that its 10 nearest training codes are of, most by F. The mean over five
    draws of the labelled images; `_std` is the standard deviation over these.

    References:
        Learning with Local and Global Consistency (Zhou, Bousquet, Lal, Weston,
        Schölkopf, 2003), section 2
        Semi-Supervised Learning Using Gaussian Fields and Harmonic Functions (Zhu,
        Ghahramani, Lafferty, 2003), section 4, for the mass of classes.
    """
    from sklearn.neighbors import NearestNeighbors  # takes a second

    codes = _codes(model, dataset, SPREAD_IMAGES)
    if len(codes.train) <= GUESSED_LABELS:
        return {}
    with quiet():
        search = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(codes.train)
        nearest = search.kneighbors(codes.test, return_distance=False)
        draws = [DRAWS * seed + i for i in range(DRAWS)]
        scores = [_spread_score(codes, nearest, draw) for draw in draws]
    return _summary(f"spread_label_accuracy_{GUESSED_LABELS}", scores)


def _spread_score(codes: Codes, nearest: np.ndarray, draw: int) -> float:
    from sklearn.semi_supervised import LabelSpreading  # takes a second

    told = stratified_subset(codes.labels, GUESSED_LABELS, draw)
    labels = np.full(len(codes.train), -1)
    labels[told] = codes.labels[told]
    graph = LabelSpreading(
        kernel="knn", n_neighbors=NEIGHBOURS, alpha=SPREAD, max_iter=100
    ).fit(codes.train, labels)
    shares = graph.label_distributions_ / graph.label_distributions_.sum(axis=0)
    found = graph.classes_[shares[nearest].sum(axis=1).argmax(axis=1)]
    return np.mean(found == codes.test_labels)


def _codes(model, dataset, images: int = TRAINING_IMAGES) -> Codes:
    encode = encoder_of(model)
    x, labels = labelled(dataset.train, images)
    test, test_labels = labelled(dataset.test)
    if len(np.unique(labels)) < 2:
        raise UnsupportedError(
            "A classifier of codes needs labelled training images of at least 2 classes. "
            "Use another data set."
        )
    train, test = scaled(finite_codes(encode(x)), finite_codes(encode(test)))
    return Codes(train, labels, test, test_labels)


def encoder_of(model):
    """The method of a model that gives codes.

    Raises:
        UnsupportedError: it has none.
    """
    if not hasattr(model, "encode"):
        raise UnsupportedError(
            f"A model of class {type(model).__name__} has no codes to classify. Use a "
            "model with an encoder."
        )
    return model.encode


def scaled(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both centred and divided by one number, by which training codes have mean variance 1."""
    mean, scale = train.mean(axis=0), max(np.sqrt(train.var(axis=0).mean()), 1e-12)
    return (train - mean) / scale, (test - mean) / scale


def _compared(codes: Codes, seed: int) -> Codes:
    """The codes as their likeness to `LANDMARKS` training codes."""
    from sklearn.kernel_approximation import Nystroem  # takes a second

    n, d = codes.train.shape
    kernel = Nystroem(
        gamma=1 / d, n_components=min(LANDMARKS, n), random_state=seed
    ).fit(codes.train)
    train, test = (kernel.transform(z) for z in (codes.train, codes.test))
    return Codes(train, codes.labels, test, codes.test_labels)


def _told(codes: Codes, n: int, draw: int):
    """Codes and classes of `n` labelled training images."""
    chosen = stratified_subset(codes.labels, n, draw)
    return codes.train[chosen], codes.labels[chosen]


def _score(codes: Codes, z: np.ndarray, labels: np.ndarray) -> float:
    return _logistic(KERNEL).fit(z, labels).score(codes.test, codes.test_labels)


def _pseudo_label_score(codes: Codes, draw: int) -> float:
    told = stratified_subset(codes.labels, GUESSED_LABELS, draw)
    z, labels = codes.train[told], codes.labels[told]
    others = np.setdiff1d(np.arange(len(codes.train)), told)
    spread = np.linspace(0, len(others) - 1, min(GUESSED_IMAGES, len(others)))
    others = codes.train[others[spread.astype(int)]]
    classifier = _logistic(KERNEL).fit(z, labels)
    for share in SHARES:
        guesses = classifier.predict_proba(others)
        surest = np.argsort(-guesses.max(axis=1), kind="stable")
        surest = surest[: max(1, round(share * len(others)))]
        guessed = classifier.classes_[guesses[surest].argmax(axis=1)]
        classifier = _logistic(KERNEL).fit(
            np.concatenate([z, others[surest]]), np.concatenate([labels, guessed])
        )
    return classifier.score(codes.test, codes.test_labels)


def _logistic(inverse_penalty: float):
    from sklearn.linear_model import LogisticRegression  # takes a second

    return LogisticRegression(C=inverse_penalty, max_iter=300)


def _summary(name: str, scores: list[float]) -> dict[str, float]:
    return {name: np.mean(scores), f"{name}_std": np.std(scores, ddof=1)}


@contextmanager
def quiet():
    """Fit on one thread, and take what a search that stops early has found."""
    from threadpoolctl import threadpool_limits

    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        yield
