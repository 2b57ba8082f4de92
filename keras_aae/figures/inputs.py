"""What figures ask of their inputs: a model, a data set, an option."""

from collections.abc import Callable
from typing import Annotated

import numpy as np

from keras_aae.checks import Choice
from keras_aae.errors import DataError, UnsupportedError

PARTS = {"train": "images trained on", "test": "images kept back"}
Part = Annotated[str, Choice(PARTS)]

REMEDIES = {
    "encode": "Choose a figure that needs no codes, or a model with an encoder.",
    "decode": "Choose a figure that decodes nothing, or a model with a decoder.",
    "reconstruct": "Choose another figure, or a model with an encoder and a decoder.",
    "corrupt": "Choose another figure, or a denoising autoencoder.",
    "generate": "Choose another figure, or a model whose codes have a prior.",
    "class_probabilities": "Choose another figure, or a classifier, a semi-supervised or "
    "a clustering model.",
    "discriminate": "Choose another figure, or an adversarial autoencoder.",
}


def ability(model, name: str, figure: str) -> Callable:
    """The method `name` of `model`.

    Raises:
        UnsupportedError: the model has none; the message says what to do.
    """
    method = getattr(model, name, None)
    if method is None:
        raise UnsupportedError(
            f"Figure {figure!r} needs `{name}`, which {type(model).__name__} "
            f"does not have. {REMEDIES[name]}"
        )
    return method


def first_images(dataset, n: int, part: str = "test") -> np.ndarray:
    """The first `n` images of a part, fewer if there are fewer, (n, H, W, C) in [0, 1]."""
    count = min(n, len(part_of(dataset, part)))
    return images_at(dataset, np.arange(count), part)


def images_at(dataset, positions, part: str = "test") -> np.ndarray:
    """The images of a part at these positions, (n, H, W, C) in [0, 1], float32."""
    images, _ = part_of(dataset, part).gather(positions)
    scale = 255.0 if images.dtype == np.uint8 else 1.0
    return images.astype("float32") / scale


def part_of(dataset, name: str):
    """The training or the test images of a data set."""
    return getattr(dataset, name)


def varied_positions(dataset, n: int, seed: int, part: str = "test") -> np.ndarray:
    """Positions of `n` images of a part drawn at random, no class twice before all once.

    Raises:
        DataError: there are fewer images.
    """
    images = part_of(dataset, part)
    total, labels = len(images), images.labels
    if n > total:
        raise DataError(
            f"Data set {dataset.name!r} has {total} {part} images. Expected at least {n}."
        )
    order = np.random.default_rng(seed).permutation(total)
    if labels is not None:
        order = order[np.argsort(_times_before(labels[order]), kind="stable")]
    return order[:n]


def _times_before(labels: np.ndarray) -> np.ndarray:
    """How often each label stands before its place, (n,)."""
    by_class = np.argsort(labels, kind="stable")
    _, starts, counts = np.unique(
        labels[by_class], return_index=True, return_counts=True
    )
    times = np.empty(len(labels), int)
    times[by_class] = np.arange(len(labels)) - np.repeat(starts, counts)
    return times
