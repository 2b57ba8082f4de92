"""Synthetic lines: the same every time, in the square, the right way up."""

import numpy as np
import pytest

from keras_aae.data import load_dataset
from keras_aae.data.lines import clouds, rasterized


@pytest.mark.parametrize(
    "name, shape, dtype",
    [("lines", (28, 28, 1), np.uint8), ("lines-coordinates", (200, 2, 1), np.float32)],
)
def test_the_sets_are_small_unlabeled_and_the_same_every_time(name, shape, dtype):
    dataset = load_dataset(name)
    assert dataset.name == name
    assert dataset.image_shape == shape and dataset.train.dtype == dtype
    assert (len(dataset.train), len(dataset.test)) == (80, 20)
    assert dataset.train.labels is None and dataset.class_names == ()
    assert dataset.fingerprint == load_dataset(name).fingerprint


def test_both_sets_are_of_the_same_clouds():
    points = load_dataset("lines-coordinates").test.array()[..., 0]
    np.testing.assert_array_equal(
        rasterized(points), load_dataset("lines").test.array()[..., 0]
    )


def test_no_point_leaves_the_square_and_no_two_clouds_are_alike():
    points = clouds()
    assert points.min() >= 0 and points.max() <= 1
    assert len(np.unique(points.reshape(100, -1), axis=0)) == 100


def thickness(points):
    """Standard deviation of points from the straight line through them."""
    return np.linalg.svd(points - points.mean(axis=0))[1][1] / len(points) ** 0.5


def segments_of(points):
    """The 180 inliers in as few equal parts as lie along lines."""
    for k in (2, 3, 4):
        parts = np.array_split(points[:180], k)
        if max(map(thickness, parts)) < 0.02:
            return parts
    raise AssertionError("the points of a part do not lie along a line")


def test_clouds_are_of_segments_and_outliers_in_order():
    found = set()
    for points in clouds().astype(float):
        segments = segments_of(points)
        found.add(len(segments))
        for part in segments:
            direction = np.linalg.svd(part - part.mean(axis=0))[2][0]
            along = part @ direction * np.sign(direction[0])
            assert np.corrcoef(along, np.arange(len(part)))[0, 1] > 0.9
        assert (np.diff(points[180:, 0]) >= 0).all()
    assert found == {2, 3, 4}


def test_images_have_x_to_the_right_and_y_upwards():
    corners = np.array([[[0.0, 0.0]], [[1.0, 0.0]], [[0.0, 1.0]], [[1.0, 1.0]]])
    images = rasterized(corners)
    places = [tuple(np.argwhere(image)[0]) for image in images]
    assert places == [(27, 0), (27, 27), (0, 0), (0, 27)]
    assert (images.sum(axis=(1, 2)) == 255).all()


def test_every_point_is_a_pixel_and_every_pixel_a_point():
    points = np.array([[[0.5 / 28, 0.5 / 28], [1.5 / 28, 0.5 / 28], [0.99, 0.5]]])
    (image,) = rasterized(points)
    assert sorted(map(tuple, np.argwhere(image))) == [(13, 27), (27, 0), (27, 1)]


def test_a_dense_autoencoder_trains_on_coordinates():
    from keras_aae.training.build import build_model

    x = load_dataset("lines-coordinates").train.array()
    model = build_model("autoencoder", (200, 2, 1), latent_dim=4, hidden_units=[16])
    losses = model.fit(x, epochs=3, verbose=0).history["reconstruction_loss"]
    assert losses[-1] < losses[0]
    assert model.reconstruct(x[:3]).shape == (3, 200, 2, 1)
