"""Confusion matrices, and images with the names of their classes."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from keras_aae.errors import DataError, KerasAAEError, UnsupportedError
from keras_aae.figures.confusion import confusion, confusion_matrix
from keras_aae.figures.labeled_samples import guessed_samples, labeled_samples
from keras_aae.figures.style import PALETTE, house_style

NAMES = ("zero", "one", "two", "an endless name")


def titles_on(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def frames_on(figure):
    patches = figure.axes[0].patches
    return [to_hex(p.get_edgecolor()) for p in patches if isinstance(p, Rectangle)]


def legend_of(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def tiles_on(figure, n, columns, size=8):
    """Return the images of a figure, located by their titles."""
    (axes,) = figure.axes
    shown, tiles = np.asarray(axes.images[0].get_array()), []
    for text in axes.texts[:n]:
        x, y = (round(value + 0.5) for value in text.xy)
        tiles.append(shown[y : y + size, x - size // 2 : x + size // 2])
    return np.array(tiles)


def test_samples_have_the_names_and_colors_of_their_classes(make_dataset):
    dataset = make_dataset(n=60, classes=4, names=NAMES)
    figure = labeled_samples(dataset, n=10, columns=4)
    titles, images = titles_on(figure), dataset.train.images[..., 0] / 255
    short = {f"T: {name}": k for k, name in enumerate((*NAMES[:3], "an endles…"))}
    classes = [short[title] for title in titles]
    assert sorted(np.bincount(classes)) == [2, 2, 3, 3]
    assert frames_on(figure) == [PALETTE[k] for k in classes]
    assert legend_of(figure) == list(NAMES)
    for tile, k in zip(tiles_on(figure, 10, 4), classes, strict=True):
        (found,) = np.flatnonzero(np.abs(images - tile).max((1, 2)) < 1e-6)
        assert dataset.train.labels[found] == k
    other = labeled_samples(dataset, seed=1, n=10, columns=4)
    assert (tiles_on(other, 10, 4) != tiles_on(figure, 10, 4)).any()


def test_samples_are_of_the_given_split(make_dataset):
    dataset = make_dataset(n=20, classes=2)
    dataset.test = type(dataset.train)(dataset.train.images // 4, dataset.train.labels)
    assert tiles_on(labeled_samples(dataset, n=4), 4, 4).max() > 0.5
    assert tiles_on(labeled_samples(dataset, n=4, part="test"), 4, 4).max() < 0.3
    with pytest.raises(KerasAAEError, match="Invalid part 'both'"):
        labeled_samples(dataset, part="both")
    with pytest.raises(DataError, match="20 train images.*at least 21"):
        labeled_samples(dataset, n=21)
    with pytest.raises(UnsupportedError, match="needs labeled images"):
        labeled_samples(make_dataset(classes=0))


def test_an_unknown_class_and_too_many_classes_have_no_frames(make_dataset):
    dataset = make_dataset(n=60, classes=30)
    assert not labeled_samples(dataset).axes[0].patches
    dataset = make_dataset(n=8, classes=2)
    dataset.train.labels[3] = -1
    assert titles_on(labeled_samples(dataset, n=8)).count("T: ?") == 1
    assert frames_on(labeled_samples(dataset, n=8)) == []


def test_a_wrong_prediction_is_followed_by_the_class(make_dataset):
    dataset = make_dataset(n=12, classes=4, names=NAMES)
    given = dataset.test.labels.copy()
    given[dataset.test.labels == 2] = 1
    figure = guessed_samples(dataset, given)
    counts = {title: titles_on(figure).count(title) for title in titles_on(figure)}
    assert counts == {"zero": 3, "one": 3, "one (two)": 3, "an endles…": 3}
    colors = dict(zip(titles_on(figure), frames_on(figure), strict=True))
    assert colors["one (two)"] == PALETTE[2] and colors["one"] == PALETTE[1]


def test_titles_and_legend_overlap_nothing(make_dataset):
    names = ("automobile", "airplane", "bird", "cat", "deer", "dog", "frog", "horse")
    dataset = make_dataset(n=60, classes=8, names=names, shape=(64, 64, 3), note="N")
    figure = guessed_samples(dataset, (dataset.test.labels + 1) % 8)
    (axes,) = figure.axes
    with house_style():
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in axes.texts]
        window, legend = axes.get_window_extent(), axes.get_legend().get_window_extent()
        (note,) = (text.get_window_extent() for text in figure.texts)
    for first in boxes:
        assert sum(first.overlaps(other) for other in boxes) == 1
        assert figure.bbox.x0 <= first.x0 and first.x1 <= figure.bbox.x1
        assert first.y1 <= figure.bbox.y1
    assert note.y1 <= legend.y0 + 1 and legend.y1 <= window.y0 + 1


def test_a_confusion_matrix_counts_images_and_is_colored_by_shares():
    counts = np.array([[8, 2, 0], [0, 5, 0], [1, 1, 2]])
    figure = confusion_matrix(counts, ("a", "b", "a very long name"))
    (axes,) = figure.axes
    assert [int(text.get_text()) for text in axes.texts] == counts.ravel().tolist()
    shares = np.asarray(axes.images[0].get_array())
    np.testing.assert_allclose(shares, [[0.8, 0.2, 0], [0, 1, 0], [0.25, 0.25, 0.5]])
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["a", "b", "a very long…"]
    assert axes.get_title(loc="left") == "accuracy 78.95 %"


def test_confusions_are_of_the_models_classes(make_class_model, make_dataset):
    dataset = make_dataset(n=60, classes=4, names=NAMES)
    found = dataset.test.images[:, 0, 0, 0].astype(int) * 4 // 256
    dataset.test.labels[:5] = -1
    figure = confusion(make_class_model(4), dataset)
    expected = np.zeros((4, 4), int)
    for label, given in zip(dataset.test.labels[5:], found[5:], strict=True):
        expected[label, given] += 1
    texts = [int(text.get_text()) for text in figure.axes[0].texts]
    assert texts == expected.ravel().tolist()


def test_models_and_data_without_confusions_are_refused(
    make_class_model, make_dataset, model
):
    with pytest.raises(UnsupportedError, match="'confusion' needs labeled images"):
        confusion(make_class_model(4), make_dataset(classes=0))
    with pytest.raises(UnsupportedError, match="30 classes.*at most 20"):
        confusion(make_class_model(30), make_dataset(classes=30))
    with pytest.raises(UnsupportedError, match="`class_probabilities`"):
        confusion(model, make_dataset())
    with pytest.raises(UnsupportedError, match="4 classes.*has 10"):
        confusion(make_class_model(4), make_dataset())
