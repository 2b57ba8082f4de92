"""Data set: train and test images of one shape, class names, a fingerprint."""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from keras_aae.checks import Count, ImageShape, validate
from keras_aae.data import splits
from keras_aae.data.images import Images
from keras_aae.errors import DataError

TEST_FRACTION = 0.1


@dataclass(frozen=True)
class Dataset:
    """Train and test images of one shape.

    Args:
        name: Name of the data set in runs and figures.
        train: Images to train on.
        test: Images to evaluate on.
        class_names: Name of each class number; empty if there are no labels.
        note: Warning shown with every result on the data set; usually empty.

    Raises:
        DataError: The parts differ in shape or type, or a label has no name.
    """

    name: str
    train: Images
    test: Images
    class_names: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        train, test = [
            (part.image_shape, part.dtype) for part in (self.train, self.test)
        ]
        if train != test:
            raise DataError(
                f"Train images are {_describe(*train)}, test images "
                f"{_describe(*test)}. Expected the same shape and type. Convert one of "
                "them."
            )
        needed = max(_number_of_classes(self.train), _number_of_classes(self.test))
        if needed > self.num_classes:
            raise DataError(
                f"Labels go up to {needed - 1}, but there are {self.num_classes} class "
                f"names. Expected {needed}. Add the missing names."
            )

    @property
    def image_shape(self) -> ImageShape:
        """Shape (H, W, C) of an image."""
        return self.train.image_shape

    @property
    def num_classes(self) -> int:
        """Number of classes; 0 without labels."""
        return len(self.class_names)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all images, labels, shapes, types and class names."""
        digest = hashlib.sha256(json.dumps(self.class_names).encode())
        for part in (self.train, self.test):
            _update(digest, part)
        return digest.hexdigest()

    def limited(self, n: int, seed: int = 0) -> "Dataset":
        """Return a random subset of at most `n` train and `n` test images.

        Raises:
            DataError: `n` is below 1.
        """
        n = validate("limit", n, Count, DataError)
        rng = splits.generator(seed, splits.LIMIT)
        train, test = [
            part.subset(splits.random_subset(len(part), n, rng))
            for part in (self.train, self.test)
        ]
        return replace(self, train=train, test=test)

    def split_validation(
        self, validation: int | float, seed: int
    ) -> tuple[Images, Images | None]:
        """Split the train images into a part to train on and one to validate on.

        Args:
            validation: Number of images (int) or fraction of the train images (float);
                0 for no validation part. The split is stratified by class.
            seed: Seed of the random choice, 0 or more.

        Returns:
            Train and validation images; validation is None for 0.

        Raises:
            DataError: One of the parts would be empty.
        """
        total = len(self.train)
        if validation == 0:
            return self.train, None
        count = validation
        if isinstance(validation, float) and 0 < validation < 1:
            count = max(1, round(validation * total))
        if isinstance(count, float) or not 0 < count < total:
            raise DataError(
                f"Cannot take {validation} of {total} train images for validation. "
                f"Expected a number from 0 to {total - 1} or a fraction below 1. "
                "Change --validation."
            )
        return hold_out(self.train, count, seed, splits.VALIDATION)


def hold_out(images: Images, n: int, seed: int, purpose: int) -> tuple[Images, Images]:
    """Split off `n` images, stratified by class: return (rest, held out), in order."""
    rng = splits.generator(seed, purpose)
    held = splits.proportional_subset(images.labels, len(images), n, rng)
    rest = np.setdiff1d(np.arange(len(images)), held)
    return images.subset(rest), images.subset(held)


def split_test(images: Images, n: int | None = None) -> tuple[Images, Images]:
    """Split images that have no test part: return (train, test), always the same split.

    Args:
        images: Images to split.
        n: Number of test images; None for a tenth.

    Raises:
        DataError: There is only one image.
    """
    if len(images) < 2:
        raise DataError(
            "There is only 1 image. Expected at least 2, one to train on and one to "
            "test on. Add images."
        )
    n = n or max(1, round(TEST_FRACTION * len(images)))
    return hold_out(images, n, 0, splits.TEST)


def numbered_classes(*parts: Images) -> tuple[str, ...]:
    """Return the class numbers as names, for labels without names."""
    return tuple(str(k) for k in range(max(map(_number_of_classes, parts))))


def _number_of_classes(images: Images) -> int:
    return 0 if images.labels is None else int(images.labels.max()) + 1


def _describe(image_shape: ImageShape, dtype: np.dtype) -> str:
    return f"{dtype} of {'x'.join(map(str, image_shape))}"


def _update(digest: "hashlib._Hash", images: Images) -> None:
    labels = images.labels
    header = [len(images), *images.image_shape, images.dtype.name, labels is not None]
    digest.update(json.dumps(header).encode())
    for x in images.blocks():
        digest.update(_little_endian(x).data)
    if labels is not None:
        digest.update(_little_endian(labels).data)


def _little_endian(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
