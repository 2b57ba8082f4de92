"""What a direction in the space of codes means: images moved along it."""

from numbers import Real

import numpy as np

from keras_aae.errors import DataError, KerasAAEError
from keras_aae.figures.class_rows import is_told_the_class
from keras_aae.figures.classes import short_name
from keras_aae.figures.codes import finite_codes
from keras_aae.figures.inputs import ability, check_count, images_at, varied_positions
from keras_aae.figures.rows import named_rows
from keras_aae.registry import check_name

KIND = "attribute-directions"
MOST_IMAGES = 5000  # whose codes make the direction
PART = 5  # the lowest and the highest fifth


def attribute_directions(
    model,
    dataset,
    *,
    attribute: str = "thickness",
    n: int = 6,
    columns: int = 9,
    extent: float = 2.0,
    seed: int = 0,
):
    """Test images whose codes are moved along the direction of an attribute, one a row.

    z(a) = z + a (mean code of the highest fifth - mean code of the lowest fifth)

    The fifths are of each class, as far as there are labels: over all classes, what is
    thin would mostly be a one. For an attribute that is a class, its images take the place
    of the highest fifth, all others that of the lowest.

    Args:
        model: with `encode` and `decode`; one that is told the class is told the one that
            it finds itself, or else that of the data.
        dataset: whose test images are taken, of the first row on of different classes.
        attribute: 'thickness', the sum of all pixels; 'slant', -mu_11 / mu_02 of the
            central moments, rightwards; or the name of a class.
        n: rows; fewer if there are fewer test images.
        columns: images in a row, evenly spaced from a = -extent to extent.
        extent: the largest a.
        seed: of the choice of images.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        DataError: one of the two groups is empty.
        KerasAAEError: an option has no meaning, or a code is not a finite number.
    """
    encode = ability(model, "encode", KIND)
    choices = dict.fromkeys((*MEASURES, *dataset.class_names))
    name = check_name(str(attribute), choices, "attribute")
    factors = _factors(extent, check_count("columns", columns, least=2))
    lower, higher = (finite_codes(encode(x)) for x in _groups(dataset, name))
    direction = higher.mean(axis=0) - lower.mean(axis=0)
    n = min(check_count("n", n), len(dataset.test))
    positions = varied_positions(dataset, n, seed)
    x = images_at(dataset, positions)
    z = encode(x)[:, None] + factors[:, None] * direction
    rows = _decoded(model, z, x, dataset.test.gather(positions)[1])
    names = _row_names(dataset, positions)
    return named_rows(rows, names, dataset.note, along=(_axis(name), factors))


def ink(x: np.ndarray) -> np.ndarray:
    """Sum of the pixels of images, (n,): how thick their strokes are."""
    return x.sum(axis=(1, 2, 3))


def slant(x: np.ndarray) -> np.ndarray:
    """-mu_11 / mu_02 of images, (n,): how far strokes lean to the right as they rise.

    Central moments of the pixels' values, x to the right and y downwards; 0 where all
    is in one row.
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
    if isinstance(extent, Real) and 0 < extent < np.inf:
        return np.linspace(-extent, extent, columns)
    raise KerasAAEError(
        "Invalid value for option `extent`. Expected a number above 0. "
        f"Received: {extent!r}."
    )


def _groups(dataset, name: str) -> list[np.ndarray]:
    """Images of the lower and of the higher group, each (n, H, W, C)."""
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
            f"The test images of {dataset.name!r} are too few for the direction of "
            f"{name!r}: one of its two groups is empty. Choose another attribute."
        )
    return groups


def _rank_in_class(values: np.ndarray, labels) -> np.ndarray:
    """The share of its class that is below each value, (n,), from 0 to below 1."""
    labels = np.zeros(len(values), int) if labels is None else labels
    share = np.empty(len(values))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        share[rows[values[rows].argsort(kind="stable")]] = np.arange(len(rows)) / len(
            rows
        )
    return share


def _decoded(model, z: np.ndarray, x: np.ndarray, labels) -> np.ndarray:
    """Images of codes (n, columns, latent_dim), a row for each of the images x."""
    decode = ability(model, "decode", KIND)
    n, columns, width = z.shape
    codes = z.reshape(n * columns, width).astype("float32")
    if is_told_the_class(decode):
        labels = model.classify(x) if hasattr(model, "classify") else labels
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
