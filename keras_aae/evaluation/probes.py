"""Classifiers of frozen codes, with few labels and with many."""

from dataclasses import replace
from typing import Any

import numpy as np

from keras_aae.data import Dataset, stratified_subset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.few_labels import (
    Features,
    draw_seeds,
    encoder_of,
    logistic,
    quiet,
)
from keras_aae.evaluation.pixels import labeled

TRAINING_IMAGES = 10_000
LABEL_COUNTS = (100, 500)
LANDMARKS = 600  # training codes of the kernel approximation
# Inverse penalties and the settings below were chosen on held-out training images of
# MNIST, for codes of autoencoders and VAEs.
LOGISTIC_INVERSE_PENALTY, KERNEL_INVERSE_PENALTY = 1.0, 30.0
PSEUDO_LABEL_COUNT = 100
PSEUDO_LABEL_IMAGES = 2500
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)  # of pseudo-labels used, one per round
# Chosen on training images too, for codes of a shared-encoding network.
SPREADING_IMAGES, NEIGHBORS, SPREADING_ALPHA = 20_000, 10, 0.99


def logistic_probe(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the accuracy of logistic regression on test codes.

    It is trained on the codes and labels of 10,000 training images.
    """
    del seed
    codes = _codes(model, dataset)
    with quiet():
        return {"probe_logistic_10000": codes.score(logistic(LOGISTIC_INVERSE_PENALTY))}


def few_label_accuracies(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the accuracy of kernel logistic regression with few labels on test codes.

    p(y|z) = softmax(W k(z) + b),  k(z)_i = exp(-|z - z_i|^2 / d)

    k compares a code of d units with 600 training codes, whitened (Nystroem's method),
    which needs no labels. W is fitted to the labels of 100 or 500 training images,
    equally many of each class.

    For `probe_pseudo_labels_100`, the classifier with 100 labels predicts the classes
    of 2,500 other training images. It is fitted again to the labels and the most
    confident fifth of the predictions, predicts again, and uses two fifths, and so on
    up to all.

    All values are means over five random subsets of labeled images; `_std` is the
    standard deviation over the subsets.

    References:
        Using the Nystroem Method to Speed Up Kernel Machines (Williams, Seeger, 2001)
        Pseudo-Label (Lee, 2013), for the pseudo-labels.
        drburke/tensorflow, SENs/: its dense 64-64 classifier with dropout, with ReLU
        added, is 1 to 3 percentage points less accurate on our codes.
    """
    codes = _codes(model, dataset)
    values: dict[str, float] = {}
    with quiet():
        codes = _compared(codes, seed)
        for n in LABEL_COUNTS:
            if n <= len(codes.train):
                known = [codes.with_labels(n, draw) for draw in draw_seeds(seed)]
                scores = [
                    each.score(logistic(KERNEL_INVERSE_PENALTY)) for each in known
                ]
                values |= _summary(f"probe_kernel_{n}", scores)
        if PSEUDO_LABEL_COUNT < len(codes.train):
            scores = [_pseudo_label_score(codes, draw) for draw in draw_seeds(seed)]
            values |= _summary(f"probe_pseudo_labels_{PSEUDO_LABEL_COUNT}", scores)
    return values


def label_spreading_probe(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the accuracy of label spreading from 100 labels on test codes.

    F = (1 - alpha) (I - alpha S)^-1 Y,  S = D^-1/2 W D^-1/2

    W is the graph of the 10 nearest neighbors among 20,000 training codes, alpha =
    0.99, and Y is one-hot where an image is labeled. Rows of F are normalized to
    distributions, and columns to equal mass, as the classes have among the labels. A
    test image gets the class with the largest sum of F over its 10 nearest training
    codes. The value is the mean over five random subsets of labeled images; `_std` is
    their standard deviation.

    References:
        Learning with Local and Global Consistency (Zhou, Bousquet, Lal, Weston,
        Schölkopf, 2003), section 2
        Semi-Supervised Learning Using Gaussian Fields and Harmonic Functions (Zhu,
        Ghahramani, Lafferty, 2003), section 4, for the mass of classes.
    """
    from sklearn.neighbors import NearestNeighbors  # slow import

    codes = _codes(model, dataset, SPREADING_IMAGES)
    if len(codes.train) <= PSEUDO_LABEL_COUNT:
        return {}
    with quiet():
        search = NearestNeighbors(n_neighbors=NEIGHBORS).fit(codes.train)
        nearest = search.kneighbors(codes.test, return_distance=False)
        scores = [
            _label_spreading_score(codes, nearest, draw) for draw in draw_seeds(seed)
        ]
    return _summary(f"probe_label_spreading_{PSEUDO_LABEL_COUNT}", scores)


def _label_spreading_score(codes: Features, nearest: np.ndarray, draw: int) -> float:
    from sklearn.semi_supervised import LabelSpreading  # slow import

    chosen = stratified_subset(codes.classes, PSEUDO_LABEL_COUNT, draw)
    labels = np.full(len(codes.train), -1)
    labels[chosen] = codes.classes[chosen]
    graph = LabelSpreading(
        kernel="knn", n_neighbors=NEIGHBORS, alpha=SPREADING_ALPHA, max_iter=100
    ).fit(codes.train, labels)
    shares = graph.label_distributions_ / graph.label_distributions_.sum(axis=0)
    found = graph.classes_[shares[nearest].sum(axis=1).argmax(axis=1)]
    return np.mean(found == codes.test_classes)


def _codes(model: Any, dataset: Dataset, images: int = TRAINING_IMAGES) -> Features:
    encode = encoder_of(model)
    x, labels = labeled(dataset.train, images)
    test, test_labels = labeled(dataset.test)
    if len(np.unique(labels)) < 2:
        raise UnsupportedError(
            "A classifier of codes needs labeled training images of at least 2 "
            "classes. Use another data set."
        )
    return Features.scaled(encode(x), labels, encode(test), test_labels)


def _compared(codes: Features, seed: int) -> Features:
    """Return the codes as kernel values to `LANDMARKS` training codes."""
    from sklearn.kernel_approximation import Nystroem  # slow import

    n, d = codes.train.shape
    kernel = Nystroem(
        gamma=1 / d, n_components=min(LANDMARKS, n), random_state=seed
    ).fit(codes.train)
    train, test = (kernel.transform(z) for z in (codes.train, codes.test))
    return replace(codes, train=train, test=test)


def _pseudo_label_score(codes: Features, draw: int) -> float:
    chosen = stratified_subset(codes.classes, PSEUDO_LABEL_COUNT, draw)
    z, labels = codes.train[chosen], codes.classes[chosen]
    others = np.setdiff1d(np.arange(len(codes.train)), chosen)
    spread = np.linspace(0, len(others) - 1, min(PSEUDO_LABEL_IMAGES, len(others)))
    others = codes.train[others[spread.astype(int)]]
    classifier = logistic(KERNEL_INVERSE_PENALTY).fit(z, labels)
    for share in SHARES:
        guesses = classifier.predict_proba(others)
        surest = np.argsort(-guesses.max(axis=1), kind="stable")
        surest = surest[: max(1, round(share * len(others)))]
        guessed = classifier.classes_[guesses[surest].argmax(axis=1)]
        believed = np.concatenate([z, others[surest]])
        classifier = logistic(KERNEL_INVERSE_PENALTY).fit(
            believed, np.concatenate([labels, guessed])
        )
    return classifier.score(codes.test, codes.test_classes)


def _summary(name: str, scores: list[float]) -> dict[str, float]:
    return {name: float(np.mean(scores)), f"{name}_std": float(np.std(scores, ddof=1))}
