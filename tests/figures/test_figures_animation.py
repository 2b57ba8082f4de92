import numpy as np
import pytest

from keras_aae.data import Dataset, Images
from keras_aae.errors import DataError, KerasAAEError, UnsupportedError
from keras_aae.figures import save
from keras_aae.figures.animation import (
    WIDTH,
    closed_path,
    interpolation_animation,
    morph,
    nearest_neighbors,
)


def codes_shown(animation, n):
    """Return z_1 of every tile of every frame, as the model drew it, (frames, n)."""
    columns = int(np.ceil(np.sqrt(n)))
    scale = WIDTH // (9 * columns - 1)
    first = animation.frames[:, :: 9 * scale, :: 9 * scale, 0] / 255
    first = first.reshape(len(first), -1)[:, :n].clip(1e-9, 1 - 1e-9)
    return np.log(first / (1 - first))


def test_a_path_rests_at_its_stops_and_ends_where_it_began():
    codes = np.array([[[0.0], [1.0]]])
    path = closed_path(codes, 8)[:, 0, 0]
    expected = np.sin(np.pi / 2 * np.arange(8) / 4) ** 2
    np.testing.assert_allclose(path, expected, atol=1e-7)
    assert path.dtype == np.float32
    steps = np.abs(np.diff(np.append(closed_path(codes, 64)[:, 0, 0], 0.0)))
    assert steps.max() < 0.05 and max(steps[0], steps[31], steps[32], steps[-1]) < 0.003


def test_a_path_passes_every_stop_in_order():
    codes = np.random.default_rng(0).normal(size=(3, 5, 2)).astype("float32")
    path = closed_path(codes, 5 * 6)
    np.testing.assert_array_equal(path[::6].swapaxes(0, 1), codes)
    middle = (codes[:, 4] + codes[:, 0]) / 2
    np.testing.assert_allclose(path[27], middle, atol=1e-6)


def test_tiles_go_from_one_code_to_another_class_and_back(model, dataset):
    animation = interpolation_animation(model, dataset, n=4, frames=6, seed=1)
    (codes,) = model.decoded
    codes = codes.reshape(6, 4, 2)
    np.testing.assert_allclose(codes[1:3], codes[:3:-1], atol=1e-6)
    assert animation.frames.shape[0] == 6 and animation.frames.dtype == np.uint8
    np.testing.assert_allclose(codes_shown(animation, 4), codes[..., 0], atol=0.05)
    known = model.encode(dataset.test.images)
    start, end = (
        [int(np.abs(known - code).sum(axis=1).argmin()) % 10 for code in codes[i]]
        for i in (0, 3)
    )
    assert all(a != b for a, b in zip(start, end, strict=True))
    assert len({*start, *end}) == 8


def test_tiles_go_to_the_nearest_code_that_is_another(model, dataset):
    # Twice the same image: its neighbor is not its copy.
    images = dataset.test.images.copy()
    images[1] = images[0]
    doubled = Dataset("doubled", Images(images), Images(images))
    everything = len(images)
    nearest_neighbors(model, doubled, n=everything, frames=2, seed=3)
    codes = model.decoded[0].reshape(2, everything, 2)
    known = model.encode(images)
    distances = np.linalg.norm(codes[0][:, None] - known, axis=-1)
    distances[distances < 1e-5] = np.inf
    np.testing.assert_allclose(codes[1], known[distances.argmin(axis=1)], atol=1e-6)
    assert np.abs(codes[0] - codes[1]).sum(axis=1).min() > 0


def test_images_of_one_code_have_no_neighbors(model, dataset):
    images = Images(dataset.test.images[[0, 0, 0]])
    same = Dataset("same", images, images)
    with pytest.raises(DataError, match="'nearest-neighbors'"):
        nearest_neighbors(model, same)


def test_a_tour_visits_every_class_in_order(model, dataset):
    animation = morph(model, dataset, n=3, frames=2, seed=4)
    assert len(animation.frames) == 20
    codes = model.decoded[0].reshape(20, 3, 2)[::2]
    known = model.encode(dataset.test.images)
    for tour in codes.swapaxes(0, 1):
        visited = [int(np.abs(known - code).sum(axis=1).argmin()) for code in tour]
        assert [position % 10 for position in visited] == list(range(10))
    assert (codes[:, 0] != codes[:, 1]).any()


@pytest.mark.parametrize("classes, stops", [(3, 3), (25, 10), (0, 10)])
def test_tours_have_at_most_ten_stops(model, make_dataset, classes, stops):
    animation = morph(model, make_dataset(classes=classes), n=2, frames=1)
    assert len(animation.frames) == stops


def test_a_few_images_make_fewer_pairs(model, make_dataset):
    interpolation_animation(model, make_dataset(n=7), frames=2)
    assert len(model.decoded[0]) == 2 * 3


@pytest.mark.parametrize("draw", [morph, nearest_neighbors, interpolation_animation])
def test_the_seed_repeats_an_animation(draw, model, dataset, tmp_path):
    frames = [draw(model, dataset, n=4, seed=seed).frames for seed in (0, 0, 1)]
    assert (frames[0] == frames[1]).all() and (frames[0] != frames[2]).any()
    paths = [tmp_path / "a.gif", tmp_path / "b.gif"]
    contents = [save(draw(model, dataset, n=4), path).read_bytes() for path in paths]
    assert contents[0] == contents[1]


def test_small_images_are_enlarged_by_whole_pixels(model, dataset):
    frames = interpolation_animation(model, dataset, n=4).frames
    scale = frames.shape[1] // 17
    assert frames.shape[1:] == (17 * scale, 17 * scale, 1) and scale > 10
    small = frames[:, ::scale, ::scale]
    np.testing.assert_array_equal(small.repeat(scale, 1).repeat(scale, 2), frames)


def test_animations_say_what_they_miss(model, make_dataset):
    with pytest.raises(DataError, match="at least 2"):
        interpolation_animation(model, make_dataset(n=1))
    with pytest.raises(DataError, match="'morph'"):
        morph(model, make_dataset(classes=1))
    with pytest.raises(UnsupportedError, match="'morph' .*object lacks `encode`"):
        morph(object(), make_dataset())
    with pytest.raises(KerasAAEError, match="Invalid frames .*at least 2"):
        interpolation_animation(model, make_dataset(), frames=1)
