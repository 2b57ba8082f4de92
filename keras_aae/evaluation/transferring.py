"""Classification of a data set by the codes of an encoder trained on another one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.evaluation.classes import macro_auroc
from keras_aae.evaluation.few_labels import Features, logistic, quiet

Encoder = Callable[[np.ndarray], np.ndarray]
BATCH = 2048
# Trees that use a tenth of the features and part of the images are fast to grow, which
# allows many. Best of five settings for codes of faces, on 5,000 held-out images of
# CIFAR-10.
TUNED: dict[str, Any] = {
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
    """Classification of one part of a data set.

    Args:
        accuracy: Share of images classified correctly.
        auroc: One-vs-rest area under the ROC curve, averaged over the classes.
        confusion: Number of images by true class (row) and predicted class (column),
            (classes, classes).
        given: Predicted class of each image, (n,).
    """

    accuracy: float
    auroc: float
    confusion: np.ndarray
    given: np.ndarray

    def numbers(self) -> dict[str, Any]:
        """Return all values except the predicted classes, for JSON."""
        return {
            "accuracy": self.accuracy,
            "auroc": self.auroc,
            "confusion": self.confusion.tolist(),
        }


@dataclass(frozen=True, eq=False)
class Transfer:
    """Classification of the training images and of the test images."""

    train: Part
    test: Part

    def numbers(self) -> dict[str, Any]:
        """Return the values of both parts, for JSON."""
        return {"train": self.train.numbers(), "test": self.test.numbers()}


def compare(
    encoders: dict[str, Encoder], dataset: Dataset, classifier: str, seed: int
) -> dict[str, Transfer]:
    """Run `transfer` on several kinds of features, by name."""
    return {
        name: transfer(encode, dataset, classifier, seed=seed)
        for name, encode in encoders.items()
    }


def numbers(found: dict[str, Transfer]) -> dict[str, Any]:
    """Return the values of all kinds of features, and of chance, for JSON."""
    classes = len(next(iter(found.values())).test.confusion)
    part = {"accuracy": 1 / classes, "auroc": 0.5}
    chance = {"train": part, "test": part}
    return {name: each.numbers() for name, each in found.items()} | {"chance": chance}


def transfer(
    encode: Encoder, dataset: Dataset, classifier: str, *, seed: int = 0
) -> Transfer:
    """Train a classifier on frozen features of labeled images, and test it.

    Args:
        encode: Function from images to features, (n, d).
        dataset: Data set with labeled training and test images.
        classifier: Key of `CLASSIFIERS`.
        seed: Seed of the classifier.

    Raises:
        UnsupportedError: The library of the classifier is not installed, or the data
            set has no labels.
        DataError: There are fewer than two classes, or a part lacks a class.
    """
    train, test = (_encoded(encode, part) for part in (dataset.train, dataset.test))
    found, asked = np.unique(train[1]), np.unique(test[1])
    if len(found) < 2 or set(asked) != set(found):
        raise DataError(
            f"Data set {dataset.name!r} has {len(found)} classes in its training "
            f"images and {len(asked)} in its test images. Expected the same two or "
            "more classes in both. Use another data set."
        )
    features = Features.scaled(*train, *test)
    with quiet():
        model = CLASSIFIERS[classifier](seed).fit(features.train, features.classes)
        return Transfer(
            _part(model, features.train, features.classes),
            _part(model, features.test, features.test_classes),
        )


def of_classes(dataset: Dataset, names: Iterable[str] | None = None) -> Dataset:
    """Return only the labeled images, of the named classes or of all.

    Raises:
        DataError: The data set has no class of that name.
        UnsupportedError: The data set has no labels.
    """
    names = dataset.class_names if names is None else names
    unknown = [name for name in names if name not in dataset.class_names]
    if unknown:
        raise DataError(
            f"Data set {dataset.name!r} has no class {unknown[0]!r}. Its classes: "
            f"{', '.join(dataset.class_names) or 'none'}. Choose among these."
        )
    wanted = [dataset.class_names.index(name) for name in names]

    def part(images: Images) -> Images:
        labels = _checked_labels(images)
        return images.subset(np.flatnonzero(np.isin(labels, wanted)))

    return Dataset(
        dataset.name, part(dataset.train), part(dataset.test), dataset.class_names,
        dataset.note,
    )  # fmt: skip


def _encoded(encode: Encoder, images: Images) -> tuple[np.ndarray, np.ndarray]:
    """Return the features and classes of the labeled images, encoded in batches."""
    labels = _checked_labels(images)
    rows = np.flatnonzero(labels >= 0)
    known = images.subset(rows)
    starts = range(0, len(known), BATCH)
    blocks = [encode(known.gather(slice(s, s + BATCH))[0]) for s in starts]
    return np.concatenate(blocks), labels[rows]


def _checked_labels(images: Images) -> np.ndarray:
    labels = images.labels
    if labels is None or not (labels >= 0).any():
        raise UnsupportedError(
            "Transfer needs labeled images. Use a folder with one sub-folder per "
            "class, or another data set."
        )
    return labels


def _part(model: Any, x: np.ndarray, classes: np.ndarray) -> Part:
    from sklearn.metrics import confusion_matrix  # slow import

    probabilities = model.predict_proba(x)
    given = model.classes_[probabilities.argmax(axis=1)]
    auroc = macro_auroc(np.searchsorted(model.classes_, classes), probabilities)
    confusion = confusion_matrix(classes, given, labels=model.classes_)
    return Part(float(np.mean(given == classes)), auroc, confusion, given)


def _trees(seed: int, **settings: Any) -> Any:
    try:
        from lightgbm import LGBMClassifier
    except ImportError as error:
        raise UnsupportedError(
            "LightGBM is not installed. Install it with `pip install "
            "'keras-aae[transfer]'`, or use --classifier logistic."
        ) from error
    # One thread, as for all fits here: several slow each other down on shared cores.
    return LGBMClassifier(
        n_jobs=1, random_state=seed, verbose=-1, deterministic=True, **settings
    )


CLASSIFIERS: dict[str, Callable[[int], Any]] = {
    "logistic": lambda seed: logistic(),  # deterministic, so the seed is unused
    "lightgbm": _trees,
    "lightgbm-tuned": partial(_trees, **TUNED),
}
