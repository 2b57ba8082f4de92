"""What an encoder's codes of other images than it was trained on say of their classes."""

from dataclasses import dataclass

import numpy as np

from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.evaluation.density import finite_codes
from keras_aae.evaluation.probes import quiet, scaled

BATCH = 2048


@dataclass(frozen=True, eq=False)
class Part:
    """How well the classes of a part are told.

    Args:
        accuracy: share of images given their class.
        auroc: area under the ROC curve, each class against the others, mean over classes.
        confusion: images of a class (row) given a class (column), (classes, classes).
    """

    accuracy: float
    auroc: float
    confusion: np.ndarray


@dataclass(frozen=True, eq=False)
class Transfer:
    """The same on the training images that the classifier knows, and on test images."""

    train: Part
    test: Part


def transfer(encode, dataset: Dataset, classifier: str, *, seed: int = 0) -> Transfer:
    """Train a classifier on frozen features of labelled images, and test it.

    Args:
        encode: Images -> features, (n, d).
        dataset: Labelled, train and test.
        classifier: A key of `CLASSIFIERS`.
        seed: Of the classifier.

    Raises:
        UnsupportedError: the library of the classifier is not installed, or there are no
            labels.
        DataError: fewer than two classes, or a class that a part lacks.
    """
    (train, classes), (test, test_classes) = (
        _features(encode, part) for part in (dataset.train, dataset.test)
    )
    found = np.unique(classes)
    if len(found) < 2 or set(np.unique(test_classes)) != set(found):
        raise DataError(
            f"{dataset.name!r} has {len(found)} classes to train on and "
            f"{len(np.unique(test_classes))} to test on; expected the same two or more in "
            "both parts."
        )
    train, test = scaled(train, test)
    with quiet():
        model = CLASSIFIERS[classifier](seed).fit(train, classes)
        return Transfer(_part(model, train, classes), _part(model, test, test_classes))


def of_classes(dataset: Dataset, names) -> Dataset:
    """The images of some classes alone.

    Raises:
        DataError: there is no such class.
    """
    unknown = [name for name in names if name not in dataset.class_names]
    if unknown:
        raise DataError(
            f"{dataset.name!r} has no class {unknown[0]!r}. Its classes: "
            f"{', '.join(dataset.class_names) or 'none'}."
        )
    wanted = [dataset.class_names.index(name) for name in names]

    def part(images: Images) -> Images:
        return images.subset(np.flatnonzero(np.isin(images.labels, wanted)))

    return Dataset(
        dataset.name, part(dataset.train), part(dataset.test), dataset.class_names,
        dataset.note,
    )  # fmt: skip


def _features(encode, images: Images):
    """Features and classes of the labelled images of a part, encoded batch by batch."""
    if images.labels is None or not (images.labels >= 0).any():
        raise UnsupportedError(
            "Transfer needs labelled images. Use a folder with a sub-folder for each "
            "class, or another data set."
        )
    known = images.subset(np.flatnonzero(images.labels >= 0))
    starts = range(0, len(known), BATCH)
    blocks = [encode(known.gather(slice(s, s + BATCH))[0]) for s in starts]
    return finite_codes(np.concatenate(blocks)), known.labels


def _part(model, x, classes) -> Part:
    from sklearn.metrics import confusion_matrix, roc_auc_score  # takes a second

    probabilities = model.predict_proba(x)
    given = model.classes_[probabilities.argmax(axis=1)]
    two = len(model.classes_) == 2
    auroc = roc_auc_score(
        classes, probabilities[:, 1] if two else probabilities, multi_class="ovr"
    )
    confusion = confusion_matrix(classes, given, labels=model.classes_)
    return Part(float(np.mean(given == classes)), float(auroc), confusion)


def _logistic(seed: int):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=300, random_state=seed)


def _lightgbm(seed: int):
    try:
        from lightgbm import LGBMClassifier
    except ImportError as error:
        raise UnsupportedError(
            "The classifier 'lightgbm' needs LightGBM. Install it by `pip install "
            "'keras-aae[transfer]'`, or use --classifier logistic."
        ) from error
    return LGBMClassifier(random_state=seed, verbose=-1, deterministic=True)


CLASSIFIERS = {"logistic": _logistic, "lightgbm": _lightgbm}
