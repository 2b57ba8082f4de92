import numpy as np
import pytest

from keras_aae.errors import DataError, KerasAAEError, UnsupportedError
from keras_aae.figures.inputs import varied_positions
from keras_aae.figures.interpolation import bilinear, interpolation

SIDE = 8 + 4  # pixels of an original and the gap beside it


def tiles(image, n):
    """Return the decoded images of the grid, (n, n, 8, 8)."""
    grid = image[:, SIDE:-SIDE]
    return np.array(
        [
            [grid[9 * i : 9 * i + 8, 9 * j : 9 * j + 8] for j in range(n)]
            for i in range(n)
        ]
    )


def test_corners_are_the_reconstructions_of_the_images_beside_them(
    model, dataset, image_of
):
    image = image_of(interpolation(model, dataset, n=5, corners=(7, 31, 112, 53)))
    originals = dataset.test.images[[7, 31, 112, 53]]
    expected = model.decode(model.encode(originals))[..., 0]
    shown = tiles(image, 5)
    corners = [shown[0, 0], shown[0, -1], shown[-1, 0], shown[-1, -1]]
    np.testing.assert_allclose(corners, expected, atol=1e-6)
    outside = [image[:8, :8], image[:8, -8:], image[-8:, :8], image[-8:, -8:]]
    np.testing.assert_allclose(outside, originals[..., 0] / 255, atol=1e-6)


def test_one_call_decodes_the_grid_between_the_codes(model, dataset):
    interpolation(model, dataset, n=5, corners=(0, 1, 2, 3))
    (codes,) = model.decoded
    assert codes.shape == (25, 2) and codes.dtype == np.float32
    corners = model.encode(dataset.test.images[:4])
    np.testing.assert_allclose(codes[12], corners.mean(axis=0), atol=1e-6)
    quarter = 0.75 * corners[0] + 0.25 * corners[1]
    np.testing.assert_allclose(codes[1], quarter, atol=1e-6)
    down = 0.75 * corners[0] + 0.25 * corners[2]
    np.testing.assert_allclose(codes[5], down, atol=1e-6)


def test_corner_codes_are_exact():
    codes = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    grid = bilinear(codes, 20)
    np.testing.assert_array_equal(grid[[0, 19, 380, 399]], codes)


def test_the_seed_chooses_four_classes(model, dataset):
    for seed in range(20):
        chosen = varied_positions(dataset, 4, seed)
        assert len(set(dataset.test.labels[chosen])) == 4
    drawn = [interpolation(model, dataset, seed=seed) for seed in (1, 1, 2)]
    first, again, other = (np.asarray(f.axes[0].images[0].get_array()) for f in drawn)
    assert (first == again).all() and (first != other).any()


def test_classes_come_again_only_after_all_others(make_dataset):
    dataset = make_dataset(n=40, classes=3)
    labels = dataset.test.labels[varied_positions(dataset, 9, seed=5)]
    assert all(set(labels[i : i + 3]) == {0, 1, 2} for i in (0, 3, 6))
    unlabeled = make_dataset(n=5, classes=0)
    assert sorted(varied_positions(unlabeled, 5, seed=0)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "corners", [(0, 1, 2), (0, 1, 2, 200), (0, 1, 2, -1), (0, 1, 2, 2.5), 3, "0123"]
)
def test_corners_are_four_test_images(model, dataset, corners):
    with pytest.raises(KerasAAEError, match="Invalid corners .*Expected .*4"):
        interpolation(model, dataset, corners=corners)


def test_too_few_images_are_an_error(model, make_dataset):
    with pytest.raises(DataError, match="'toy' has 3 test images. Expected at least 4"):
        interpolation(model, make_dataset(n=3))


def test_a_model_without_an_encoder_is_named(dataset):
    with pytest.raises(UnsupportedError, match="object lacks `encode`"):
        interpolation(object(), dataset)
