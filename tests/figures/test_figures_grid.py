import numpy as np
import pytest

from keras_aae.errors import KerasAAEError
from keras_aae.figures.grid import near_square, side_by_side, thin_gap, tile


def numbered(n, height=2, width=3, channels=1):
    images = np.arange(n, dtype="float32").reshape(n, 1, 1, 1) / 10
    return np.tile(images, (1, height, width, channels))


def test_tiles_run_row_by_row_with_white_between_and_after():
    whole = tile(numbered(5), columns=3)
    assert whole.shape == (2 * 2 + 1, 3 * 3 + 2, 1)
    np.testing.assert_allclose(whole[0, [0, 4, 8], 0], [0.0, 0.1, 0.2])
    np.testing.assert_allclose(whole[3, [0, 4], 0], [0.3, 0.4])
    assert (whole[2] == 1).all() and (whole[:, 3] == 1).all()
    assert (whole[3:, 8:] == 1).all()


def test_tiles_keep_color():
    images = np.random.default_rng(0).random((4, 6, 6, 3), dtype="float32")
    np.testing.assert_array_equal(tile(images, columns=2)[7:, 7:], images[3])


def test_gap_grows_with_the_images():
    assert [thin_gap(np.zeros((1, s, s, 1))) for s in (8, 28, 64, 250)] == [1, 1, 2, 8]


def test_strips_stand_side_by_side():
    first = numbered(3)
    whole = side_by_side([first, first + 0.5])
    np.testing.assert_allclose(whole[0, [0, 4], 0], [0.0, 0.5])
    np.testing.assert_allclose(whole[6, [0, 4], 0], [0.2, 0.7])


@pytest.mark.parametrize("n, columns", [(1, 1), (2, 2), (9, 3), (10, 4), (100, 10)])
def test_grid_is_near_square(n, columns):
    assert near_square(n) == columns


@pytest.mark.parametrize("shape", [(2, 4, 4), (2, 4, 4, 2), (0, 4, 4, 1)])
def test_what_is_no_image_is_refused(shape):
    with pytest.raises(KerasAAEError, match=r"Invalid images of shape \("):
        tile(np.zeros(shape), columns=1)
