"""A data set: train and test images of one shape, names of classes, a fingerprint."""

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
        name: what the set is called in runs and figures.
        train: images to train on.
        test: images to evaluate on.
        class_names: one name for each class number; empty if there are no labels.
        note: a warning that belongs to every result made with the set; usually empty.

    Raises:
        DataError: the parts differ in shape or type, or a label has no name.
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
                f"Train images are {_describe(*train)}, test images {_describe(*test)}; "
                "expected the same of both."
            )
        needed = max(_number_of_classes(self.train), _number_of_classes(self.test))
        if needed > self.num_classes:
            raise DataError(
                f"Labels go up to {needed - 1}; expected a name for each of these "
                f"{needed} classes, but there are {self.num_classes}."
            )

    @property
    def image_shape(self) -> ImageShape:
        """(H, W, C)."""
        return self.train.image_shape

    @property
    def num_classes(self) -> int:
        """How many classes have a name; 0 without labels."""
        return len(self.class_names)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all images, labels, their shapes and types, and the class names."""
        digest = hashlib.sha256(json.dumps(self.class_names).encode())
        for part in (self.train, self.test):
            _update(digest, part)
        return digest.hexdigest()

    def limited(self, n: int, seed: int = 0) -> "Dataset":
        """Return the set with at most `n` train and `n` test images, chosen by the seed.

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
            validation: a number of images (int) or a fraction of the train images (float);
                0 for no validation part. Classes keep their shares.
            seed: integer of 0 or more.

        Returns:
            (train, validation); validation is None for 0.

        Raises:
            DataError: one of the parts would be empty.
        """
        total = len(self.train)
        if validation == 0:
            return self.train, None
        count = validation
        if isinstance(validation, float) and 0 < validation < 1:
            count = max(1, round(validation * total))
        if isinstance(count, float) or not 0 < count < total:
            raise DataError(
                f"Cannot take {validation} of {total} train images for validation; expected "
                f"a number from 0 to {total - 1} or a fraction below 1."
            )
        return hold_out(self.train, count, seed, splits.VALIDATION)


def hold_out(images: Images, n: int, seed: int, purpose: int) -> tuple[Images, Images]:
    """Return (the rest, `n` images of which each class has its share), both in order."""
    rng = splits.generator(seed, purpose)
    held = splits.proportional_subset(images.labels, len(images), n, rng)
    rest = np.setdiff1d(np.arange(len(images)), held)
    return images.subset(rest), images.subset(held)


def split_test(images: Images, n: int | None = None) -> tuple[Images, Images]:
    """Return (train, test) of images that came without a test part.

    Args:
        images: all images.
        n: size of the test part; None for a tenth. The split is the same every time.

    Raises:
        DataError: there is only one image.
    """
    if len(images) < 2:
        raise DataError(
            "There is 1 image; expected at least 2, one to train on and one to test with."
        )
    n = n or max(1, round(TEST_FRACTION * len(images)))
    return hold_out(images, n, 0, splits.TEST)


def numbered_classes(*parts: Images) -> tuple[str, ...]:
    """Return the class numbers as names, for labels that came without."""
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
