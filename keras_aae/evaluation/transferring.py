"""What an encoder's codes of other images than it was trained on say of their classes."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.evaluation.classes import macro_auroc
from keras_aae.evaluation.few_labels import Features, logistic, quiet

BATCH = 2048
# Trees that see a tenth of the features and part of the images grow fast, so there may be
# many. The best of five settings for codes of faces on 5,000 held-out images of CIFAR-10.
TUNED = {
    "n_estimators": 600,
    "learning_rate": 0.1,
    "num_leaves": 31,
    "min_child_samples": 50,
    "colsample_bytree": 0.1,
    "subsample": 0.7,
    "subsample_freq": 1,
    "reg_lambda": 10.0,
}


@dataclass(frozen=True, eq=False)
class Part:
    """How well the classes of a part are told.

    Args:
        accuracy: share of images given their class.
        auroc: area under the ROC curve, each class against the others, mean over classes.
        confusion: images of a class (row) given a class (column), (classes, classes).
        given: the class that each image is given, (n,).
    """

    accuracy: float
    auroc: float
    confusion: np.ndarray
    given: np.ndarray

    def numbers(self) -> dict:
        """All but the classes given, ready for JSON."""
        return {
            "accuracy": self.accuracy,
            "auroc": self.auroc,
            "confusion": self.confusion.tolist(),
        }


@dataclass(frozen=True, eq=False)
class Transfer:
    """The same on the training images that the classifier knows, and on test images."""

    train: Part
    test: Part

    def numbers(self) -> dict:
        """Those of both parts, ready for JSON."""
        return {"train": self.train.numbers(), "test": self.test.numbers()}


def compare(encoders: dict, dataset: Dataset, classifier: str, seed: int) -> dict:
    """What several kinds of features say: name -> `Transfer`; see `transfer`."""
    return {
        name: transfer(encode, dataset, classifier, seed=seed)
        for name, encode in encoders.items()
    }


def numbers(found: dict[str, Transfer]) -> dict:
    """Those of all kinds of features and of chance, ready for JSON."""
    classes = len(next(iter(found.values())).test.confusion)
    part = {"accuracy": 1 / classes, "auroc": 0.5}
    chance = {"train": part, "test": part}
    return {name: each.numbers() for name, each in found.items()} | {"chance": chance}


def transfer(encode, dataset: Dataset, classifier: str, *, seed: int = 0) -> Transfer:
    """Train a classifier on frozen features of labeled images, and test it.

    Args:
        encode: Images -> features, (n, d).
        dataset: Labeled, train and test.
        classifier: A key of `CLASSIFIERS`.
        seed: Of the classifier.

    Raises:
        UnsupportedError: the library of the classifier is not installed, or there are no
            labels.
        DataError: fewer than two classes, or a class that a part lacks.
    """
    train, test = (_encoded(encode, part) for part in (dataset.train, dataset.test))
    found, asked = np.unique(train[1]), np.unique(test[1])
    if len(found) < 2 or set(asked) != set(found):
        raise DataError(
            f"{dataset.name!r} has {len(found)} classes to train on and {len(asked)} to "
            "test on; expected the same two or more in both parts."
        )
    features = Features.scaled(*train, *test)
    with quiet():
        model = CLASSIFIERS[classifier](seed).fit(features.train, features.classes)
        return Transfer(
            _part(model, features.train, features.classes),
            _part(model, features.test, features.test_classes),
        )


def of_classes(dataset: Dataset, names=None) -> Dataset:
    """The labeled images alone, of some classes or of all.

    Raises:
        DataError: there is no such class.
        UnsupportedError: there are no labels.
    """
    names = dataset.class_names if names is None else names
    unknown = [name for name in names if name not in dataset.class_names]
    if unknown:
        raise DataError(
            f"{dataset.name!r} has no class {unknown[0]!r}. Its classes: "
            f"{', '.join(dataset.class_names) or 'none'}."
        )
    wanted = [dataset.class_names.index(name) for name in names]

    def part(images: Images) -> Images:
        _check_labels(images)
        return images.subset(np.flatnonzero(np.isin(images.labels, wanted)))

    return Dataset(
        dataset.name, part(dataset.train), part(dataset.test), dataset.class_names,
        dataset.note,
    )  # fmt: skip


def _encoded(encode, images: Images):
    """Features and classes of the labeled images of a part, encoded batch by batch."""
    _check_labels(images)
    known = images.subset(np.flatnonzero(images.labels >= 0))
    starts = range(0, len(known), BATCH)
    blocks = [encode(known.gather(slice(s, s + BATCH))[0]) for s in starts]
    return np.concatenate(blocks), known.labels


def _check_labels(images: Images) -> None:
    if images.labels is None or not (images.labels >= 0).any():
        raise UnsupportedError(
            "Transfer needs labeled images. Use a folder with a sub-folder for each "
            "class, or another data set."
        )


def _part(model, x, classes) -> Part:
    from sklearn.metrics import confusion_matrix  # takes a second

    probabilities = model.predict_proba(x)
    given = model.classes_[probabilities.argmax(axis=1)]
    auroc = macro_auroc(np.searchsorted(model.classes_, classes), probabilities)
    confusion = confusion_matrix(classes, given, labels=model.classes_)
    return Part(float(np.mean(given == classes)), auroc, confusion, given)


def _trees(seed: int, **settings):
    try:
        from lightgbm import LGBMClassifier
    except ImportError as error:
        raise UnsupportedError(
            "LightGBM is not installed. Install it by `pip install "
            "'keras-aae[transfer]'`, or use --classifier logistic."
        ) from error
    # One thread, as all fits here: several wait for each other where cores are shared.
    return LGBMClassifier(
        n_jobs=1, random_state=seed, verbose=-1, deterministic=True, **settings
    )


CLASSIFIERS = {
    "logistic": lambda seed: logistic(),  # nothing in it is random
    "lightgbm": _trees,
    "lightgbm-tuned": partial(_trees, **TUNED),
}
