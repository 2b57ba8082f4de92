"""Reconstruction error and k-NN accuracy of codes."""

from typing import Any

import numpy as np

from keras_aae.abilities import (
    Encodes,
    MatchesPrior,
    Reconstructs,
    TrainsByPhases,
    prior_or_none,
    require,
    supports,
)
from keras_aae.data import Dataset, stratified_subset
from keras_aae.engine.loop import measure_terms
from keras_aae.errors import UnsupportedError

NEIGHBORS = 5
METRIC = "Metric 'reconstruction_loss'"


def mean_squared_error(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the mean of (x - reconstruction)^2 over test images; pixels in [0, 1]."""
    del seed
    require(model, Reconstructs, by="Metric 'mse'")
    total = 0.0
    for x in dataset.test.blocks():
        scale = 255 if x.dtype == np.uint8 else 1
        difference = x.astype(np.float32) / scale - model.reconstruct(x)
        total += np.mean(np.square(difference), dtype=float) * len(x)
    return {"mse": total / len(dataset.test)}


def reconstruction_loss(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the model's own reconstruction loss, averaged over test images."""
    del seed
    if "reconstruction_loss" not in require(model, TrainsByPhases, by=METRIC).terms:
        raise UnsupportedError(
            f"{METRIC} needs a model with a loss term of that name, but "
            f"{type(model).__name__} has none. Use metric 'mse'."
        )
    return measure_terms(model, dataset.test)


def mean_code(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the mean of the codes over test images and units: how active codes are.

    For models that match their codes to a prior, the mean is that of the prior and not
    informative.
    """
    del seed
    require(model, Encodes, by="Metric 'mean_code'")
    if prior_or_none(model) is not None or supports(model, MatchesPrior):
        raise UnsupportedError(
            f"Metric 'mean_code' needs a model without a prior, but "
            f"{type(model).__name__} matches its codes to one. Use an ordinary "
            "autoencoder."
        )
    return {"mean_code": np.mean(model.encode(dataset.test.array()), dtype=float)}


def knn_probe(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the accuracy of a 5-nearest-neighbor classifier on test codes.

    The 100 or 1,000 labeled images are a stratified sample of the training images. The
    distance is Euclidean.
    """
    from sklearn.neighbors import KNeighborsClassifier

    train, test = dataset.train, dataset.test
    require(model, Encodes, by="Metric 'knn_probe'")
    if train.labels is None or test.labels is None:
        raise UnsupportedError(
            "Metric 'knn_probe' needs labeled images. Use another data set."
        )
    values, codes = {}, model.encode(test.array())
    for count in (100, 1000):
        if count > len(train):
            continue
        x, labels = train.gather(stratified_subset(train.labels, count, seed))
        classifier = KNeighborsClassifier(NEIGHBORS).fit(model.encode(x), labels)
        values[f"probe_knn_{count}"] = classifier.score(codes, test.labels)
    return values
