"""Classes, clusters and petals that a model finds, beside the classes of the data."""

import numpy as np

from keras_aae.abilities import (
    ClassifiesByLabels,
    Clusters,
    Encodes,
    HasClassComponents,
    HasComponents,
    HasPrior,
    HasRadialComponents,
    require,
)
from keras_aae.data import stratified_subset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.density import finite_codes
from keras_aae.evaluation.few_labels import encoder_of, quiet
from keras_aae.evaluation.pixels import labeled

WITHIN = 3  # standard deviations
STARTS = 10  # of k-means, of which the best counts
EXAMPLES = 10_000  # the most labeled training images that clusters are named after


def classification_error(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images whose most likely class is not theirs, in percent."""
    del seed
    probabilities, labels = _classified(model, dataset, "Metric 'test_error'")
    return {"test_error": _percent(probabilities.argmax(axis=1) != labels)}


def classification_auroc(model, dataset, seed: int) -> dict[str, float]:
    """Area under the ROC curve of each class against all others, their mean, in percent."""
    del seed
    probabilities, labels = _classified(model, dataset, "Metric 'test_auroc'")
    if len(np.unique(labels)) < 2:
        raise UnsupportedError(
            "A ROC curve needs test images of at least 2 classes. Use another data set."
        )
    return {"test_auroc": 100 * macro_auroc(labels, probabilities)}


def macro_auroc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Area under the ROC curve of each class against all others, mean over the classes.

    Args:
        labels: (n,), of two classes or more.
        probabilities: (n, classes).

    References:
        An Introduction to ROC Analysis (Fawcett, 2006), sections 7 and 9
        https://doi.org/10.1016/j.patrec.2005.10.010
    """
    from sklearn.metrics import roc_auc_score  # takes a second

    areas = [roc_auc_score(labels == k, probabilities[:, k]) for k in np.unique(labels)]
    return float(np.mean(areas))


def cluster_errors(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images that their cluster gives another class, in percent.

    A cluster is of the class of the one example that is most surely of the cluster; for
    `cluster_error_majority`, of the class that most examples in it have, if there are
    any. Examples are at most 10,000 labeled training images, as many of each class.

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        section 5; the paper takes validation images, which we have trained on.
    """
    require(model, Clusters, by="Metric 'cluster_error'")
    x, labels = labeled(dataset.test)
    clusters = model.class_probabilities(x).argmax(axis=1)
    x, known = _examples(dataset.train, seed)
    probabilities = model.class_probabilities(x)
    surest = known[probabilities.argmax(axis=0)]
    counts = _counts(probabilities.argmax(axis=1), known, dataset, len(surest))
    majority = np.where(counts.any(axis=1), counts.argmax(axis=1), surest)
    return {
        "cluster_error": _percent(surest[clusters] != labels),
        "cluster_error_majority": _percent(majority[clusters] != labels),
    }


def kmeans_agreement(model, dataset, seed: int) -> dict[str, float]:
    """How well clusters of codes agree with the classes, which they know nothing of.

    accuracy = max_m mean_i [m(c_i) = y_i]
    NMI      = 2 I(c; y) / (H(c) + H(y))

    c are clusters of the codes of test images by k-means, as many as there are classes, y
    the classes, m all ways to give each cluster a class of its own.

    References:
        Unsupervised Deep Embedding for Clustering Analysis (Xie, Girshick, Farhadi,
        2016), equation 10, for the accuracy.
    """
    from scipy.optimize import linear_sum_assignment
    from sklearn.cluster import KMeans  # takes a second
    from sklearn.metrics import normalized_mutual_info_score

    encode = encoder_of(model)
    x, labels = labeled(dataset.test)
    codes, size = finite_codes(encode(x)), dataset.num_classes
    if len(codes) < size:
        raise UnsupportedError(
            f"{size} clusters need at least as many labeled test images, and there are "
            f"{len(codes)}. Use more."
        )
    with quiet():
        search = KMeans(size, n_init=STARTS, random_state=seed)
        clusters = search.fit_predict(codes)
    counts = _counts(clusters, labels, dataset, size)
    return {
        "kmeans_accuracy": counts[linear_sum_assignment(-counts)].sum() / len(labels),
        "kmeans_nmi": normalized_mutual_info_score(labels, clusters),
    }


def component_accuracy(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images whose code lies in the part of the prior that is their class's.

    It is of models whose codes are told the classes: without labels, any part may become
    any class.
    """
    del seed
    prior = _prior_of_classes(model, dataset, "Metric 'component_accuracy'")
    x, labels = labeled(dataset.test)
    return {"component_accuracy": np.mean(prior.classify(model.encode(x)) == labels)}


def component_coverage(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images whose code is within three deviations of its digit's petal.

    Petals overlap near the middle, where the most likely one is often another: of samples
    of an umbrella's own components 93.7 % are in the petal that is most likely, and
    98.9 % within three standard deviations of theirs.
    """
    del seed
    by = "Metric 'component_coverage'"
    prior = require(_prior_of_classes(model, dataset, by), HasRadialComponents, by=by)
    x, labels = labeled(dataset.test)
    near = prior.distance(model.encode(x), labels) < WITHIN
    return {"component_coverage": np.mean(near)}


def component_purity(model, dataset, seed: int) -> dict[str, float]:
    """Share of test images of the class that most images in their part of the prior have."""
    del seed
    prior = _prior_with_components(model, "Metric 'component_purity'")
    x, labels = labeled(dataset.test)
    parts = prior.classify(model.encode(x))
    counts = _counts(parts, labels, dataset, prior.num_classes)
    return {"component_purity": counts.max(axis=1).sum() / len(labels)}


def _classified(model, dataset, by: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of the classes of labeled test images, and their classes."""
    require(model, ClassifiesByLabels, by=by)
    x, labels = labeled(dataset.test)
    probabilities = model.class_probabilities(x)
    if probabilities.shape[1] != dataset.num_classes:
        raise UnsupportedError(
            f"The model tells {probabilities.shape[1]} classes apart, and the data set "
            f"has {dataset.num_classes}. Use the data set that it was trained on."
        )
    return probabilities, labels


def _prior_with_components(model, by: str):
    """Return the prior of a model that encodes, if it has components."""
    return require(require(model, Encodes, HasPrior, by=by).prior, HasComponents, by=by)


def _prior_of_classes(model, dataset, by: str):
    """The prior, if the model is told which of its parts are for which class."""
    prior = _prior_with_components(model, by)
    require(model, HasClassComponents, by=by)
    if prior.num_classes != dataset.num_classes:
        raise UnsupportedError(
            f"{by} needs a prior of {dataset.num_classes} components, one a class, and "
            f"this has {prior.num_classes}. Use metric 'component_purity'."
        )
    return prior


def _examples(images, seed: int):
    labels = labeled(images)[1]
    chosen = stratified_subset(images.labels, min(EXAMPLES, len(labels)), seed)
    return images.gather(chosen)


def _counts(groups, labels, dataset, size: int) -> np.ndarray:
    """How many images of each class are in each of `size` groups, (size, classes)."""
    counts = np.zeros((size, dataset.num_classes), int)
    np.add.at(counts, (groups, labels), 1)
    return counts


def _percent(wrong: np.ndarray) -> float:
    return 100 * float(np.mean(wrong))
