"""What the codes and the reconstructions are worth."""

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
from keras_aae.data import stratified_subset
from keras_aae.engine.loop import measure_terms
from keras_aae.errors import UnsupportedError

NEIGHBORS = 5
METRIC = "Metric 'reconstruction_loss'"


def mean_squared_error(model, dataset, seed: int) -> dict[str, float]:
    """Mean of (x - reconstruction)^2 over test images and pixels in [0, 1]."""
    del seed
    require(model, Reconstructs, by="Metric 'mse'")
    total = 0.0
    for x in dataset.test.blocks():
        scale = 255 if x.dtype == np.uint8 else 1
        difference = x.astype(np.float32) / scale - model.reconstruct(x)
        total += np.mean(np.square(difference), dtype=float) * len(x)
    return {"mse": total / len(dataset.test)}


def reconstruction_loss(model, dataset, seed: int) -> dict[str, float]:
    """The model's own reconstruction loss, mean over test images."""
    del seed
    if "reconstruction_loss" not in require(model, TrainsByPhases, by=METRIC).terms:
        raise UnsupportedError(
            f"{METRIC} needs a term of that name, and {type(model).__name__} has none. "
            "Use metric 'mse'."
        )
    return measure_terms(model, dataset.test)


def mean_code(model, dataset, seed: int) -> dict[str, float]:
    """Mean of the codes over test images and units: how active a sparse code is.

    Codes of a model with a prior lie where the prior does, and say nothing by their mean.
    """
    del seed
    require(model, Encodes, by="Metric 'mean_code'")
    if prior_or_none(model) is not None or supports(model, MatchesPrior):
        raise UnsupportedError(
            f"Metric 'mean_code' needs codes without a prior, and {type(model).__name__} "
            "matches its codes to one. Use an ordinary autoencoder."
        )
    return {"mean_code": np.mean(model.encode(dataset.test.array()), dtype=float)}


def knn_probe(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images whose nearest labeled codes vote for their class.

    The 100 or 1,000 labeled images are a stratified draw from the training images; 5
    neighbors, Euclidean distance.
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
