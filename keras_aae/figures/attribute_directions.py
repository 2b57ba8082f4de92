"""Directions of attributes in latent space: images moved along one, or a sum of two."""

from typing import Annotated, Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import (
    Decodes,
    DecodesClasses,
    Encodes,
    PredictsClasses,
    require,
    supports,
)
from keras_aae.checks import (
    Choice,
    Count,
    ListOf,
    Positive,
    Seed,
    Several,
    validate,
    validated,
)
from keras_aae.data import Dataset
from keras_aae.errors import DataError
from keras_aae.evaluation.density import finite_codes
from keras_aae.figures.classes import short_name
from keras_aae.figures.inputs import images_at, varied_positions
from keras_aae.figures.rows import named_rows

KIND, ARITHMETIC = "attribute-directions", "attribute-arithmetic"
MOST_IMAGES = 5000  # most images whose codes define a direction
PART = 5  # the groups are the lowest and the highest fifth


class Name:
    """The name of an attribute; that of a class may be a number."""

    expected = "the name of an attribute or of a class"

    @staticmethod
    def read(value: Any) -> str:
        """Return the name as text, or raise ValueError."""
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise ValueError
        return str(value)


Attribute = Annotated[str, Name()]
Attributes = Annotated[tuple[str, str], ListOf(Name(), '["thickness", "slant"]', 2, 2)]


@validated
def attribute_directions(
    model: Any,
    dataset: Dataset,
    *,
    attribute: Attribute = "thickness",
    n: Count = 6,
    columns: Several = 9,
    extent: Positive = 2.0,
    seed: Seed = 0,
) -> Figure:
    """Draw test images moved along the direction of an attribute, one image per row.

    z(a) = z + a (mean code of the highest fifth - mean code of the lowest fifth)

    With labels, the fifths are taken within each class: over all classes, most thin
    images would be ones. For an attribute that is a class, the groups are the images of
    the class and all others.

    Args:
        model: Model with `encode` and `decode`. A class-conditional decoder receives
            the class that the model predicts, or the label if it predicts none.
        dataset: Data set whose test images are used. With labels, no class repeats
            before all have appeared.
        attribute: 'thickness', the sum of all pixels; 'slant', -mu_11 / mu_02 of the
            central moments, positive to the right; or the name of a class.
        n: Number of rows; fewer if there are fewer test images.
        columns: Number of images in a row, evenly spaced from a = -extent to extent.
        extent: Largest a.
        seed: Seed of the choice of images.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        DataError: one of the two groups is empty.
        KerasAAEError: an option is invalid, or a code is not a finite number.
    """
    encode = require(model, Encodes, by=f"Figure {KIND!r}").encode
    name = _attribute(attribute, dataset)
    factors = _factors(extent, columns)
    direction = _direction(encode, dataset, name)
    n = min(n, len(dataset.test))
    positions = varied_positions(dataset, n, seed)
    x = images_at(dataset, positions)
    z = encode(x)[:, None] + factors[:, None] * direction
    rows = _decoded(model, z, x, dataset.test.gather(positions)[1])
    names = _row_names(dataset, positions)
    return named_rows(rows, names, dataset.note, along=(_axis(name), factors))


@validated
def attribute_arithmetic(
    model: Any,
    dataset: Dataset,
    *,
    attributes: Attributes = ("thickness", "slant"),
    rows: Several = 5,
    columns: Several = 9,
    extent: Positive = 2.0,
    seed: Seed = 0,
) -> Figure:
    """Draw a test image moved by sums of the directions of two attributes.

    z(a, b) = z + a d_1 + b d_2,  the directions as in `attribute_directions`

    Args:
        model: Model as in `attribute_directions`.
        dataset: Data set whose test images are used.
        attributes: Attribute along a row, and attribute from row to row.
        rows: Number of values of b, evenly spaced from extent to -extent.
        columns: Number of values of a, evenly spaced from -extent to extent.
        extent: Largest a and b.
        seed: Seed of the choice of the image.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        DataError: a group of images is empty.
        KerasAAEError: an option is invalid, or a code is not a finite number.
    """
    encode = require(model, Encodes, by=f"Figure {ARITHMETIC!r}").encode
    first, second = _two_attributes(attributes, dataset)
    a = _factors(extent, columns)
    b = _factors(extent, rows)[::-1]
    along, across = (_direction(encode, dataset, name) for name in (first, second))
    position = varied_positions(dataset, 1, seed)
    x = images_at(dataset, position)
    moves = a[None, :, None] * along + b[:, None, None] * across
    labels = dataset.test.gather(position)[1]
    labels = None if labels is None else np.repeat(labels, len(b))
    decoded = _decoded(model, encode(x) + moves, np.repeat(x, len(b), axis=0), labels)
    names = [
        f"{short_name(second)} {factor:+.2g}".replace("-", "\u2212") for factor in b
    ]
    axis = f"{short_name(first)}, times the difference of its groups' mean codes"
    return named_rows(decoded, names, dataset.note, along=(axis, a))


def _attribute(attribute, dataset) -> str:
    choices = (*MEASURES, *dataset.class_names)
    return validate("attribute", attribute, Annotated[str, Choice(choices)])


def _two_attributes(attributes, dataset) -> list[str]:
    return [_attribute(attribute, dataset) for attribute in attributes]


def _direction(encode, dataset, name: str) -> np.ndarray:
    """Return the mean code of the higher group minus that of the lower one."""
    lower, higher = (finite_codes(encode(x)) for x in _groups(dataset, name))
    return higher.mean(axis=0) - lower.mean(axis=0)


def ink(x: np.ndarray) -> np.ndarray:
    """Sum the pixels of each image, (n,): a measure of stroke thickness."""
    return x.sum(axis=(1, 2, 3))


def slant(x: np.ndarray) -> np.ndarray:
    """Compute -mu_11 / mu_02 of each image, (n,).

    mu are the central moments of the pixel values, x to the right and y downwards. The
    slant is positive if strokes lean to the right, and 0 if all values are in one row.
    """
    weights = x.mean(axis=3)
    weights = weights / np.maximum(weights.sum(axis=(1, 2), keepdims=True), 1e-9)
    y, right = np.indices(weights.shape[1:], dtype=float)
    y = y - (weights * y).sum(axis=(1, 2), keepdims=True)
    right = right - (weights * right).sum(axis=(1, 2), keepdims=True)
    covariance = (weights * y * right).sum(axis=(1, 2))
    variance = (weights * y**2).sum(axis=(1, 2))
    return np.where(variance > 1e-9, -covariance / np.maximum(variance, 1e-9), 0.0)


MEASURES = {"thickness": ink, "slant": slant}
ENDS = {
    "thickness": ("thinnest", "thickest"),
    "slant": ("left-leaning", "right-leaning"),
}


def _factors(extent, columns: int) -> np.ndarray:
    return np.linspace(-extent, extent, columns)


def _groups(dataset, name: str) -> list[np.ndarray]:
    """Return the images of the lower and of the higher group, each (n, H, W, C)."""
    total = len(dataset.test)
    positions = np.linspace(0, total - 1, min(MOST_IMAGES, total)).astype(int)
    x, labels = images_at(dataset, positions), dataset.test.gather(positions)[1]
    if name in MEASURES:
        share = _rank_in_class(MEASURES[name](x), labels)
        groups = [x[share < 1 / PART], x[share >= 1 - 1 / PART]]
    else:
        of_class = labels == dataset.class_names.index(name)
        groups = [x[~of_class & (labels >= 0)], x[of_class]]
    if not all(map(len, groups)):
        raise DataError(
            f"Data set {dataset.name!r} has too few test images for attribute "
            f"{name!r}: one of the two groups that define its direction is empty. "
            "Expected at least one image in each. Choose another attribute."
        )
    return groups


def _rank_in_class(values: np.ndarray, labels) -> np.ndarray:
    """Return the share of its class that is below each value, (n,), in [0, 1)."""
    labels = np.zeros(len(values), int) if labels is None else labels
    share = np.empty(len(values))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        share[rows[values[rows].argsort(kind="stable")]] = np.arange(len(rows)) / len(
            rows
        )
    return share


def _decoded(model, z: np.ndarray, x: np.ndarray, labels) -> np.ndarray:
    """Decode codes (n, columns, latent_dim), one row for each of the images x."""
    decode = require(model, Decodes, by=f"Figure {KIND!r}").decode
    n, columns, width = z.shape
    codes = z.reshape(n * columns, width).astype("float32")
    if supports(model, DecodesClasses):
        labels = model.classify(x) if supports(model, PredictsClasses) else labels
        images = decode(codes, np.repeat(labels, columns))
    else:
        images = decode(codes)
    return images.reshape(n, columns, *images.shape[1:])


def _row_names(dataset, positions: np.ndarray) -> list[str]:
    labels = dataset.test.gather(positions)[1]
    if labels is None:
        return [f"image {position}" for position in positions]
    return [short_name(dataset.class_names[k]) if k >= 0 else "?" for k in labels]


def _axis(name: str) -> str:
    lower, higher = (f"the {end} fifth" for end in ENDS.get(name, ("", "")))
    if name not in ENDS:
        lower, higher = "all other classes", f"class {short_name(name)}"
    return f"$a$ in $z + a$ (mean code of {higher} \u2212 mean code of {lower})"
