"""Augmentations against NumPy: the eight symmetries of the square, small moves."""

import numpy as np
import pytest
from keras import ops
from keras.random import SeedGenerator

from keras_aae.errors import KerasAAEError
from keras_aae.training.build import build_model
from keras_aae.transforms.augmentations import (
    AUGMENTATIONS,
    check_augmentation,
    dihedral,
    mirrored,
    moved,
    moves,
    shading,
    some_of,
)


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def images(n, height=5, width=5, channels=2):
    rng = np.random.default_rng(0)
    return rng.random((n, height, width, channels)).astype("float32")


def test_every_image_gets_one_of_eight_symmetries_of_its_own():
    (x,) = images(1)
    turns = [np.rot90(x, k) for k in range(4)]
    eight = [*turns, *(np.flip(turn, axis=1) for turn in turns)]
    found = numpy(
        dihedral(ops.convert_to_tensor(np.stack([x] * 400)), SeedGenerator(3))
    )
    counts = np.array([(found == s).all(axis=(1, 2, 3)).sum() for s in eight])
    assert counts.sum() == 400 and counts.min() > 25


def test_no_move_leaves_images_as_they_are():
    x, zero = images(3, 6, 4), np.zeros(3, "float32")
    np.testing.assert_allclose(numpy(moved(x, zero, zero, zero)), x, atol=1e-5)


@pytest.mark.parametrize(("down", "right"), [(1, 0), (0, -2), (2, 1)])
def test_shifts_of_whole_pixels_fill_with_zeros(down, right):
    x = images(2, 6, 7)
    expected = np.zeros_like(x)
    for r in range(6):
        for c in range(7):
            if 0 <= r - down < 6 and 0 <= c - right < 7:
                expected[:, r, c] = x[:, r - down, c - right]
    amounts = (np.full(2, float(a), "float32") for a in (0, down, right))
    np.testing.assert_allclose(numpy(moved(x, *amounts)), expected, atol=1e-5)


def test_half_a_pixel_is_a_mean_and_a_quarter_turn_is_one():
    x, zero = images(1), np.zeros(1, "float32")
    half = numpy(moved(x, zero, zero + 0.5, zero))
    np.testing.assert_allclose(half[:, 1:], (x[:, 1:] + x[:, :-1]) / 2, atol=1e-5)
    turned = numpy(moved(x, zero + np.float32(np.pi / 2), zero, zero))
    np.testing.assert_allclose(turned[0], np.rot90(x[0]), atol=1e-4)


def test_moves_are_small_and_of_a_seed():
    x = np.zeros((50, 15, 15, 1), "float32")
    x[:, 7, 7] = 1
    found = numpy(moves(ops.convert_to_tensor(x), SeedGenerator(1)))
    np.testing.assert_array_equal(found, numpy(moves(x, SeedGenerator(1))))
    rows = (found * np.arange(15)[:, None, None]).sum(axis=(1, 2, 3))
    rows = rows / found.sum(axis=(1, 2, 3))
    assert np.abs(rows - 7).max() <= 2.1 and rows.std() > 0.8


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_images_keep_their_shape_and_range(name):
    found = numpy(
        AUGMENTATIONS[name](ops.convert_to_tensor(images(4)), SeedGenerator(0))
    )
    assert found.shape == (4, 5, 5, 2) and found.min() >= 0 and found.max() <= 1.001


def test_a_border_is_repeated_where_asked():
    x = images(2, 6, 7)
    zero, two = np.zeros(2, "float32"), np.full(2, 2.0, "float32")
    found = numpy(moved(x, zero, two, zero, repeat=True))
    np.testing.assert_allclose(found[:, 2:], x[:, :-2], atol=1e-5)
    np.testing.assert_allclose(found[:, :2], x[:, [0, 0]], atol=1e-5)


def test_shading_is_a_line_in_the_values_of_an_image():
    x = 0.3 + 0.4 * images(30)
    found = numpy(shading(ops.convert_to_tensor(x), SeedGenerator(2)))
    lines = [np.polyfit(a.ravel(), b.ravel(), 1) for a, b in zip(x, found, strict=True)]
    contrast = np.array([slope for slope, _ in lines])
    brightness = (found - x).mean(axis=(1, 2, 3))
    assert 0.8 <= contrast.min() < 0.9 and 1.1 < contrast.max() <= 1.2
    assert -0.1 <= brightness.min() < -0.05 and 0.05 < brightness.max() <= 0.1
    np.testing.assert_allclose(
        [np.polyval(line, 0.5) for line in lines],
        [np.interp(0.5, np.sort(a.ravel()), np.sort(b.ravel())) for a, b in zip(x, found, strict=True)],
        atol=1e-2,
    )  # fmt: skip


def test_each_image_undergoes_some_of_the_changes():
    x = np.zeros((400, 1, 2, 1), "float32")
    x[:, :, 0] = 0.25

    def brighter(x, seed):
        del seed
        return x + 0.5

    change = some_of(mirrored, brighter)
    found = numpy(change(ops.convert_to_tensor(x), SeedGenerator(5)))[:, 0, :, 0]
    kinds = [(0.25, 0), (0, 0.25), (0.75, 0.5), (0.5, 0.75)]
    counts = [(found == kind).all(axis=1).sum() for kind in kinds]
    assert sum(counts) == 400 and min(counts) > 60


def test_images_that_are_not_square_are_not_turned():
    assert check_augmentation("moves", (5, 7, 1)) == "moves"
    with pytest.raises(KerasAAEError, match="5x7"):
        check_augmentation("dihedral", (5, 7, 1))
    with pytest.raises(KerasAAEError, match="'move'.*moves"):
        build_model("classifier", (5, 5, 1), augmentation="move")
