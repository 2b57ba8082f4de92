"""Agreement of predicted classes, clusters and prior components with true classes."""

from typing import Any

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
from keras_aae.data import Dataset, Images, stratified_subset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.density import finite_codes
from keras_aae.evaluation.few_labels import encoder_of, quiet
from keras_aae.evaluation.pixels import labeled

WITHIN = 3  # standard deviations
STARTS = 10  # restarts of k-means; the best is used
EXAMPLES = 10_000  # maximum number of labeled training images used to name clusters


def classification_error(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the classification error on test images, in percent."""
    del seed
    probabilities, labels = _classified(model, dataset, "Metric 'test_error'")
    return {"test_error": _percent(probabilities.argmax(axis=1) != labels)}


def classification_auroc(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the macro-averaged one-vs-rest ROC AUC on test images, in percent."""
    del seed
    probabilities, labels = _classified(model, dataset, "Metric 'test_auroc'")
    if len(np.unique(labels)) < 2:
        raise UnsupportedError(
            "Metric 'test_auroc' needs labeled test images of at least 2 classes. Use "
            "another data set."
        )
    return {"test_auroc": 100 * macro_auroc(labels, probabilities)}


def macro_auroc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Compute the one-vs-rest area under the ROC curve, averaged over the classes.

    Args:
        labels: Class numbers, (n,), of at least two classes.
        probabilities: Predicted class probabilities, (n, classes).

    References:
        An Introduction to ROC Analysis (Fawcett, 2006), sections 7 and 9
        https://doi.org/10.1016/j.patrec.2005.10.010
    """
    from sklearn.metrics import roc_auc_score  # slow import

    areas = [roc_auc_score(labels == k, probabilities[:, k]) for k in np.unique(labels)]
    return float(np.mean(areas))


def cluster_errors(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the error of clusters used as a classifier, in percent of test images.

    A cluster is named after the class of the training image with the highest
    probability of that cluster; for `cluster_error_majority`, after the most frequent
    class among the training images in it, if there are any. At most 10,000 labeled
    training images are used, equally many of each class.

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        section 5. The paper uses validation images; here they are training images.
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


def kmeans_agreement(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the agreement of k-means clusters of the codes with the classes.

    accuracy = max_m mean_i [m(c_i) = y_i]
    NMI      = 2 I(c; y) / (H(c) + H(y))

    c are the k-means clusters of the codes of test images, as many as there are
    classes; y the classes; m runs over all one-to-one assignments of clusters to
    classes.

    References:
        Unsupervised Deep Embedding for Clustering Analysis (Xie, Girshick, Farhadi,
        2016), equation 10, for the accuracy.
    """
    from scipy.optimize import linear_sum_assignment
    from sklearn.cluster import KMeans  # slow import
    from sklearn.metrics import normalized_mutual_info_score

    encode = encoder_of(model)
    x, labels = labeled(dataset.test)
    codes, size = finite_codes(encode(x)), dataset.num_classes
    if len(codes) < size:
        raise UnsupportedError(
            f"Cannot find {size} clusters among {len(codes)} codes. Expected at least "
            f"{size} labeled test images. Use more."
        )
    with quiet():
        search = KMeans(size, n_init=STARTS, random_state=seed)
        clusters = search.fit_predict(codes)
    counts = _counts(clusters, labels, dataset, size)
    return {
        "kmeans_accuracy": counts[linear_sum_assignment(-counts)].sum() / len(labels),
        "kmeans_nmi": normalized_mutual_info_score(labels, clusters),
    }


def component_accuracy(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the share of test codes whose prior component is that of their class.

    Applies to models that learn from labels which component belongs to which class.
    Without labels the assignment is arbitrary; use `component_purity`.
    """
    del seed
    prior = _prior_of_classes(model, dataset, "Metric 'component_accuracy'")
    x, labels = labeled(dataset.test)
    return {"component_accuracy": np.mean(prior.classify(model.encode(x)) == labels)}


def component_coverage(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the share of test codes within 3 standard deviations of their component.

    Components of an umbrella prior overlap near the origin. Of samples from its own
    components, 93.7 % are most likely under their own component, and 98.9 % are within
    three standard deviations of it.
    """
    del seed
    by = "Metric 'component_coverage'"
    prior = require(_prior_of_classes(model, dataset, by), HasRadialComponents, by=by)
    x, labels = labeled(dataset.test)
    near = prior.distance(model.encode(x), labels) < WITHIN
    return {"component_coverage": np.mean(near)}


def component_purity(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the share of test images of the majority class of their component."""
    del seed
    prior = _prior_with_components(model, "Metric 'component_purity'")
    x, labels = labeled(dataset.test)
    parts = prior.classify(model.encode(x))
    counts = _counts(parts, labels, dataset, prior.num_classes)
    return {"component_purity": counts.max(axis=1).sum() / len(labels)}


def _classified(model: Any, dataset: Dataset, by: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the class probabilities of labeled test images, and their classes."""
    require(model, ClassifiesByLabels, by=by)
    x, labels = labeled(dataset.test)
    probabilities = model.class_probabilities(x)
    if probabilities.shape[1] != dataset.num_classes:
        raise UnsupportedError(
            f"The model predicts {probabilities.shape[1]} classes, but data set "
            f"{dataset.name!r} has {dataset.num_classes}. Use the data set that it was "
            "trained on."
        )
    return probabilities, labels


def _prior_with_components(model: Any, by: str) -> HasComponents:
    return require(require(model, Encodes, HasPrior, by=by).prior, HasComponents, by=by)


def _prior_of_classes(model: Any, dataset: Dataset, by: str) -> HasComponents:
    """Return the prior of a model that assigns a component to each class."""
    prior = _prior_with_components(model, by)
    require(model, HasClassComponents, by=by)
    if prior.num_classes != dataset.num_classes:
        raise UnsupportedError(
            f"{by} needs a prior with {dataset.num_classes} components, one for each "
            f"class, but this one has {prior.num_classes}. Use metric "
            "'component_purity'."
        )
    return prior


def _examples(images: Images, seed: int) -> tuple[np.ndarray, np.ndarray]:
    known, labels = labeled(images)[1], np.asarray(images.labels)
    chosen = stratified_subset(labels, min(EXAMPLES, len(known)), seed)
    return images.gather(chosen)[0], labels[chosen]


def _counts(
    groups: np.ndarray, labels: np.ndarray, dataset: Dataset, size: int
) -> np.ndarray:
    """Count the images of each class in each of `size` groups, (size, classes)."""
    counts = np.zeros((size, dataset.num_classes), int)
    np.add.at(counts, (groups, labels), 1)
    return counts


def _percent(wrong: np.ndarray) -> float:
    return 100 * float(np.mean(wrong))
