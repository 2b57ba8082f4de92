import numpy as np
import pytest

from keras_aae.errors import DataError, KerasAAEError, UnsupportedError
from keras_aae.figures.attribute_directions import (
    attribute_arithmetic,
    attribute_directions,
    ink,
    slant,
)


def stroke(lean, size=9):
    """Draw a line that moves by this many pixels to the right from bottom to top."""
    image = np.zeros((size, size, 1), "float32")
    for row in range(size):
        image[row, round((size - 1) / 2 + lean * ((size - 1) / 2 - row))] = 1
    return image


def test_slant_is_the_lean_of_a_stroke():
    x = np.stack([stroke(lean) for lean in (-1, 0, 1)])
    np.testing.assert_allclose(slant(x), [-1, 0, 1], atol=1e-6)
    np.testing.assert_array_equal(slant(np.zeros((2, 5, 5, 3), "float32")), [0, 0])
    np.testing.assert_array_equal(ink(x), [9, 9, 9])


class Thick:
    """A model whose codes are the mean pixel and the first one, and its images gray."""

    decodes_classes = False

    def encode(self, x):
        return np.stack([x.mean(axis=(1, 2, 3)), x[:, 0, 0, 0]], axis=1)

    def decode(self, z):
        self.codes = z
        return np.tile(z[:, :1, None, None], (1, 8, 8, 1)).clip(0, 1)


class ThickOfClass(Thick):
    classes, decodes_classes = 10, True

    def decode(self, z, labels=None):
        self.labels = labels
        return super().decode(z)


def paths(model, rows, columns):
    return model.codes.reshape(rows, columns, -1)


def test_codes_are_moved_by_the_difference_of_the_fifths_of_each_class(make_dataset):
    model, dataset = Thick(), make_dataset(n=300, classes=3)
    attribute_directions(model, dataset, n=4, columns=5, seed=1)
    x = dataset.test.images.astype("float32") / 255.0
    labels, groups = dataset.test.labels, [[], []]
    for k in range(3):
        ordered = x[labels == k][ink(x[labels == k]).argsort(kind="stable")]
        groups[0].append(ordered[:20])
        groups[1].append(ordered[-20:])
    lower, higher = (model.encode(np.concatenate(g)).mean(axis=0) for g in groups)
    steps = np.diff(paths(model, 4, 5), axis=1)
    expected = np.broadcast_to(higher - lower, steps.shape)
    np.testing.assert_allclose(steps, expected, atol=1e-5)
    originals = model.encode(x)
    for code in paths(model, 4, 5)[:, 2]:
        assert np.abs(originals - code).max(axis=1).min() < 1e-5


def test_a_class_is_an_attribute(make_dataset):
    model, dataset = Thick(), make_dataset(n=100, classes=2, names=("7", "9"))
    figure = attribute_directions(model, dataset, attribute=9, n=2, columns=2, extent=1)
    codes, nine = model.encode(dataset.test.images / 255), dataset.test.labels == 1
    expected = 2 * (codes[nine].mean(axis=0) - codes[~nine].mean(axis=0))
    moved = np.diff(paths(model, 2, 2), axis=1)[:, 0]
    np.testing.assert_allclose(moved, [expected] * 2, atol=1e-5)
    assert "code of class 9" in figure.axes[0].get_xlabel()
    assert {text.get_text() for text in figure.axes[0].texts} == {"7", "9"}


def test_a_class_conditional_decoder_receives_the_class_of_the_row(dataset):
    model = ThickOfClass()
    attribute_directions(model, dataset, n=3, columns=4)
    assert len(set(model.labels)) == 3
    assert (model.labels.reshape(3, 4) == model.labels[::4, None]).all()
    model.classify = lambda x: np.arange(len(x)) + 5
    attribute_directions(model, dataset, n=3, columns=4)
    assert model.labels.tolist() == [5] * 4 + [6] * 4 + [7] * 4


def test_images_without_labels_have_directions_too(make_dataset):
    figure = attribute_directions(Thick(), make_dataset(classes=0), attribute="slant")
    assert figure.axes[0].texts[0].get_text().startswith("image ")
    assert "right-leaning fifth" in figure.axes[0].get_xlabel()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"attribute": "thicknes"}, "slant, class 0.*Did you mean 'thickness'"),
        ({"extent": 0}, "Invalid extent 0. Expected a number above 0"),
        ({"columns": 1}, "Invalid columns 1. .*at least 2"),
    ],
)
def test_options_are_checked(options, message, dataset):
    with pytest.raises(KerasAAEError, match=message):
        attribute_directions(Thick(), dataset, **options)


def test_a_class_without_test_images_has_no_direction(make_dataset):
    dataset = make_dataset(n=20, classes=2, names=("a", "b", "c"))
    with pytest.raises(DataError, match="attribute 'c'.*is empty"):
        attribute_directions(Thick(), dataset, attribute="c")


def test_a_model_without_a_decoder_is_named(dataset):
    class Encoder(Thick):
        decode = None

    with pytest.raises(UnsupportedError, match="Encoder lacks `decode`"):
        attribute_directions(Encoder(), dataset)


def test_directions_are_added(make_dataset):
    model = Thick()
    dataset = make_dataset(n=300, classes=3, names=("x", "y", "z"))
    directions = []
    for attribute in ("thickness", "y"):
        attribute_directions(model, dataset, attribute=attribute, n=1, columns=2)
        first, last = paths(model, 1, 2)[0]
        directions.append((last - first) / 4)  # from -2 to 2
    figure = attribute_arithmetic(
        model, dataset, attributes=("thickness", "y"), rows=3, columns=5, extent=1.5
    )
    codes = paths(model, 3, 5)
    start = codes[1, 2]
    originals = model.encode(dataset.test.images / 255)
    assert np.abs(originals - start).max(axis=1).min() < 1e-5
    for i, b in enumerate((1.5, 0, -1.5)):
        for j, a in enumerate((-1.5, -0.75, 0, 0.75, 1.5)):
            expected = start + a * directions[0] + b * directions[1]
            np.testing.assert_allclose(codes[i, j], expected, atol=1e-5)
    names = [text.get_text() for text in figure.axes[0].texts]
    assert names == ["y +1.5", "y +0", "y \u22121.5"]
    assert figure.axes[0].get_xlabel().startswith("thickness")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"attributes": "thickness"}, "Expected a list of 2"),
        ({"attributes": ("slant",)}, "Expected a list of 2"),
        ({"attributes": ("slant", "thicknes")}, "Did you mean 'thickness'"),
        ({"rows": 1}, "Invalid rows 1"),
    ],
)
def test_what_cannot_be_added_is_refused(options, message, dataset):
    with pytest.raises(KerasAAEError, match=message):
        attribute_arithmetic(Thick(), dataset, **options)
