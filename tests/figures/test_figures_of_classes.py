"""Figures with a row for each class, cluster or component."""

import numpy as np
import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.cluster_heads import cluster_heads
from keras_aae.figures.misclassified import misclassified
from keras_aae.figures.mode_samples import mode_samples
from keras_aae.figures.style import house_style
from keras_aae.figures.style_grid import style_grid
from keras_aae.priors import Normal, Umbrella

NAMES = ("zero", "one", "two", "a very long name")


def names_on(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.fixture
def clusters(make_class_model):
    return make_class_model(4, prior=Normal(2))


@pytest.fixture
def grouped(make_dataset):
    """Return images whose classes are their clusters, except the first two."""
    dataset = make_dataset(n=60, classes=4, names=NAMES)
    rows = dataset.test
    rows.labels = rows.images[:, 0, 0, 0].astype(int) * 4 // 256
    rows.labels[:2] = (rows.labels[:2] + 1) % 4
    return dataset


class ComponentsAreClasses:
    """Model whose components are mapped to classes."""

    components_are_classes = True

    def __init__(self, model):
        self.model = model

    def __getattr__(self, name):
        return getattr(self.model, name)


def test_each_component_is_decoded_outward(make_model):
    model = make_model(2, Umbrella(5))
    figure = mode_samples(model, n=3, start=1, stop=3)
    (codes,) = model.decoded
    codes = codes.reshape(5, 3, 2)
    np.testing.assert_allclose(
        np.hypot(*codes.T), np.tile([[1], [2], [3]], 5), rtol=1e-5
    )
    angle = np.arctan2(codes[..., 1], codes[..., 0]) % (2 * np.pi)
    expected = np.tile(2 * np.pi * np.arange(5) / 5, (3, 1)).T
    np.testing.assert_allclose(angle, expected, atol=1e-5)
    assert names_on(figure) == ["0", "1", "2", "3", "4"]
    assert figure.axes[0].get_xlabel() == "distance from the origin"


def test_components_have_class_names_only_if_they_are_mapped_to_classes(
    make_model, make_dataset
):
    model, dataset = make_model(2, Umbrella(4)), make_dataset(classes=4, names=NAMES)
    assert names_on(mode_samples(model, dataset)) == ["0", "1", "2", "3"]
    named = names_on(mode_samples(ComponentsAreClasses(model), dataset))
    assert named == ["zero", "one", "two", "a very long…"]
    others = mode_samples(ComponentsAreClasses(model), make_dataset(classes=3))
    assert names_on(others) == ["0", "1", "2", "3"]


def test_other_priors_have_no_radial_components(make_model):
    with pytest.raises(UnsupportedError, match="Normal lacks `along`"):
        mode_samples(make_model(2, Normal(2)))
    with pytest.raises(UnsupportedError, match="'mode-samples' .* lacks `prior`"):
        mode_samples(make_model(2))


@pytest.mark.parametrize("options", [{"start": 3.5, "stop": 3}, {"stop": "4"}])
def test_radii_increase(make_model, options):
    with pytest.raises(KerasAAEError, match="Invalid (start|stop) .*Expected"):
        mode_samples(make_model(2, Umbrella(4)), **options)


def test_a_column_is_one_style_and_a_row_one_class(clusters, image_of):
    figure = style_grid(clusters, n=5, seed=2)
    (codes,) = clusters.decoded
    codes = codes.reshape(4, 5, 2)
    np.testing.assert_array_equal(codes, np.broadcast_to(codes[:1], codes.shape))
    assert len(np.unique(codes[0], axis=0)) == 5
    classes = np.rint(image_of(figure)[1::9, ::9] * 100)
    np.testing.assert_array_equal(classes, np.tile([[0], [1], [2], [3]], 5))
    style_grid(clusters, n=5, seed=2)
    np.testing.assert_array_equal(clusters.decoded[1], clusters.decoded[0])
    style_grid(clusters, n=5, seed=3)
    assert (clusters.decoded[2] != clusters.decoded[0]).all()


def test_a_sweep_follows_the_quantiles_of_one_dimension(make_class_model):
    model = make_class_model(3, latent_dim=3, prior=Normal(3))
    figure = style_grid(model, n=4, spacing="sweep")
    codes = model.decoded[0].reshape(3, 4, 3)
    expected = model.prior.quantiles(np.array([0.125, 0.375, 0.625, 0.875]))
    np.testing.assert_allclose(codes[1, :, 0], expected, rtol=1e-6)
    assert not codes[..., 1:].any()
    assert figure.axes[0].get_xlabel() == "first dimension of the style"


def test_rows_have_the_names_of_classes_only_if_they_are_these(
    clusters, grouped, make_dataset
):
    numbers, named = ["0", "1", "2", "3"], ["zero", "one", "two", "a very long…"]
    assert names_on(style_grid(clusters)) == numbers
    assert names_on(style_grid(clusters, grouped)) == named
    grouped.test.labels = (grouped.test.labels + 1) % 4
    assert names_on(style_grid(clusters, grouped)) == numbers
    assert names_on(style_grid(clusters, make_dataset(classes=3))) == numbers

    class ToldTheClass:
        decodes_classes, latent_dim = True, clusters.latent_dim
        classes, prior, decode = 4, clusters.prior, clusters.decode

    assert names_on(style_grid(ToldTheClass(), grouped)) == named


def test_a_style_needs_a_decoder_conditioned_on_classes(model, clusters):
    with pytest.raises(
        UnsupportedError, match="LinearModel has `decodes_classes` False"
    ):
        style_grid(model)
    with pytest.raises(KerasAAEError, match="Invalid spacing 'swep'.*'sweep'"):
        style_grid(clusters, spacing="swep")


def images_beside_heads(figure, n):
    """Return pixel rows 0 and 1 of the tiles of every row, (k, n, 2, 8)."""
    (axes,) = figure.axes
    image, tiles = np.asarray(axes.images[0].get_array()), []
    for text in axes.texts:
        x, y = (round(value + 0.5) for value in text.xy)
        starts = [x + 8 + 4 + 9 * i for i in range(n)]
        tiles.append([image[y : y + 2, start : start + 8] for start in starts])
    return np.array(tiles)


def test_the_most_confident_images_of_each_cluster_are_beside_its_head(
    clusters, grouped
):
    figure = cluster_heads(clusters, grouped, n=4)
    np.testing.assert_array_equal(clusters.decoded[0], np.zeros((4, 2)))
    images, shown = grouped.test.images, images_beside_heads(figure, 4)
    found = images[:, 0, 0, 0].astype(int) * 4 // 256
    for k in range(4):
        inside = images[found == k, :2, :, 0]
        order = np.argsort(inside[:, 0, 1], kind="stable")[:4]
        np.testing.assert_allclose(shown[k], inside[order] / 255, atol=1e-6)


def test_texts_are_shares_of_the_images_and_of_one_class(clusters, grouped):
    found = clusters.class_probabilities(grouped.test.images).argmax(axis=1)
    labels = grouped.test.labels
    expected = [
        f"{name}: {np.mean(found == k):.1%} of images, "
        f"{np.mean(labels[found == k] == k):.1%} of one class"
        for k, name in enumerate(["zero", "one", "two", "a very long…"])
    ]
    assert names_on(cluster_heads(clusters, grouped)) == expected
    grouped.test.labels = None
    shares = [text.split(",")[0].split(": ")[1] for text in expected]
    plain = [f"{k}: {share}" for k, share in enumerate(shares)]
    assert names_on(cluster_heads(clusters, grouped)) == plain


def test_unknown_labels_do_not_count(clusters, grouped):
    found = clusters.class_probabilities(grouped.test.images).argmax(axis=1)
    grouped.test.labels[found == 1] = -1
    known = np.flatnonzero(found == 2)
    grouped.test.labels[known[2:]] = -1
    grouped.test.labels[known[:2]] = (0, 3)
    texts = names_on(cluster_heads(clusters, grouped))
    assert ["one class" in text for text in texts] == [True, False, True, True]
    assert texts[2].endswith("50.0% of one class")


def test_a_cluster_without_images_has_its_head_alone(make_class_model, make_dataset):
    dataset = make_dataset(n=40)
    dataset.test.images[:, 0, 0] = dataset.test.images[:, 0, 0] // 2
    figure = cluster_heads(make_class_model(4), dataset, n=3)
    assert names_on(figure)[2:] == ["2: no test images", "3: no test images"]
    assert (images_beside_heads(figure, 3)[2:] == 1).all()


def test_heads_in_the_plane_are_decoded_as_they_are(make_model, clusters, dataset):
    model = make_model(2)
    model.head_positions = np.array([[0.0, 1], [2, 3], [4, 5], [6, 7]])
    model.class_probabilities = clusters.class_probabilities
    cluster_heads(model, dataset)
    np.testing.assert_array_equal(model.decoded[0], model.head_positions)


@pytest.mark.parametrize("k, n", [(4, 2), (30, 2), (30, 10)])
def test_texts_above_rows_overlap_nothing(make_class_model, make_dataset, k, n):
    figure = cluster_heads(make_class_model(k), make_dataset(n=300), n=n)
    (axes,) = figure.axes
    with house_style():
        boxes = [text.get_window_extent() for text in axes.texts]
        window = axes.get_window_extent()
    assert max(box.x1 for box in boxes) <= figure.bbox.x1
    assert max(box.y1 for box in boxes) <= figure.bbox.y1
    rows = sorted({text.xy[1] + 0.5 for text in axes.texts})
    scale = window.height / np.asarray(axes.images[0].get_array()).shape[0]
    for text, box in zip(axes.texts, boxes, strict=True):
        row = rows.index(text.xy[1] + 0.5)
        if row:
            assert box.y1 <= window.y1 - (rows[row - 1] + 8) * scale
    columns = sorted({box.x0 for box in boxes})
    if len(columns) == 2:
        assert max(b.x1 for b in boxes if b.x0 == columns[0]) < columns[1]


def test_a_model_without_clusters_is_named(model, dataset):
    with pytest.raises(
        UnsupportedError, match="LinearModel lacks `class_probabilities`"
    ):
        cluster_heads(model, dataset)


def test_the_most_confident_mistakes_are_first_below_their_titles(
    make_class_model, grouped
):
    wrong = [0, 1]  # all others are classified correctly
    rows = grouped.test
    rows.labels = np.append(rows.labels[:-1], -1)
    found = rows.images[wrong, 0, 0, 0].astype(int) * 4 // 256
    # The darker pixel (0, 1), the more confident is the model.
    rows.images[wrong, 0, 1, 0] = (200, 100)
    figure = misclassified(make_class_model(4), grouped)
    short = ("zero", "one", "two", "a very …")
    expected = [
        f"{short[found[i]]}\n({short[rows.labels[i]]})" for i in reversed(wrong)
    ]
    assert names_on(figure) == expected
    shown = np.asarray(figure.axes[0].images[0].get_array())
    np.testing.assert_allclose(shown[:, :8], rows.images[1, ..., 0] / 255)
    assert shown.shape == (8, 17)
    (text,) = names_on(misclassified(make_class_model(4), grouped, n=1))
    assert text == expected[0]


def test_names_of_a_letter_stand_in_a_line(make_class_model, make_dataset):
    dataset = make_dataset(n=60, classes=4, names=("0", "1", "2", "3"))
    titles = names_on(misclassified(make_class_model(4), dataset, n=12, columns=5))
    assert len(titles) == 12 and all(
        title[0] != title[3] and f"{title[0]} ({title[3]})" == title for title in titles
    )


def test_without_labels_or_mistakes_there_is_nothing_to_show(
    make_class_model, make_dataset, grouped
):
    model = make_class_model(4)
    with pytest.raises(UnsupportedError, match="needs labeled images"):
        misclassified(model, make_dataset(classes=0))
    grouped.test.labels[:2] = -1
    with pytest.raises(UnsupportedError, match="'misclassified' needs misclassified"):
        misclassified(model, grouped)
    model.uses_labels = False
    with pytest.raises(UnsupportedError, match="ClassModel has `uses_labels` False"):
        misclassified(model, grouped)
