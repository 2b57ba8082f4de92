import numpy as np
import pytest

from keras_aae.errors import KerasAAEError
from keras_aae.figures import draw, save
from keras_aae.figures.snapshots import (
    REST,
    chosen_epochs,
    samples_animation,
    samples_by_epoch,
)


def shaded(epochs, m=25, shape=(8, 8, 1)):
    """Return images of one shade each, by position and brighter every epoch."""
    places = np.arange(m, dtype="float32").reshape(m, 1, 1, 1) / 100
    return {e: np.tile(places + e / 1000, (1, *shape)) for e in epochs}


def names_on(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize(
    "epochs, n, expected",
    [
        (range(1, 6), 8, [1, 2, 3, 4, 5]),
        (range(1, 51), 8, [1, 2, 4, 7, 12, 19, 31, 50]),
        (range(0, 301, 10), 4, [0, 10, 40, 300]),
        ([3], 8, [3]),
        ([1, 2, 3, 100], 3, [1, 3, 100]),
        ([1, 98, 99, 100], 3, [1, 98, 100]),
    ],
)
def test_epochs_run_from_first_to_last_and_lie_closer_at_first(epochs, n, expected):
    assert chosen_epochs(dict.fromkeys(epochs), n) == expected


def test_any_number_of_epochs_is_chosen_without_repeating_one():
    epochs = dict.fromkeys(range(1, 201))
    for n in range(2, 201):
        chosen = chosen_epochs(epochs, n)
        assert len(set(chosen)) == n and chosen == sorted(chosen)
        assert (chosen[0], chosen[-1]) == (1, 200)


def test_an_epoch_is_a_row_of_the_same_codes(image_of):
    figure = samples_by_epoch(shaded(range(1, 21)), n=4, rows=3)
    assert names_on(figure) == ["epoch 1", "epoch 5", "epoch 20"]
    expected = np.add.outer([0.001, 0.005, 0.02], np.arange(4) / 100)
    np.testing.assert_allclose(image_of(figure)[::9, ::9], expected, atol=1e-6)


def test_fewer_images_or_epochs_than_asked_for_are_all_shown(image_of):
    assert image_of(samples_by_epoch(shaded([1, 2], m=3))).shape == (17, 26)


def tiles(animation):
    """Return the shade of each tile of each frame, (frames, rows, columns)."""
    pictures = animation.frames[:, -44 * 6 :, :, 0]
    return pictures[:, :: 9 * 6, :: 9 * 6]


def test_an_epoch_is_a_frame_and_the_last_one_rests():
    animation = samples_animation(shaded(range(1, 31)))
    frames = tiles(animation)
    assert frames.shape == (30 + REST, 5, 5)
    expected = (np.arange(25).reshape(5, 5) / 100 + 0.03) * 255
    np.testing.assert_allclose(frames[29:], np.tile(expected, (REST + 1, 1, 1)), atol=1)
    assert (np.diff(frames[:30:10].astype(int), axis=0) > 0).all()


def test_the_epoch_stands_above_each_frame():
    frames = samples_animation(shaded(range(9, 12))).frames
    captions = frames[:3, : frames.shape[1] - 44 * 6]
    assert captions.shape[1] > 8
    assert (captions[0] != captions[1]).any() and (captions[1] != captions[2]).any()
    # "epoch" does not move when its number grows by a digit.
    ink = [np.flatnonzero((caption < 128).any(axis=(0, 2)))[0] for caption in captions]
    assert len(set(ink)) == 1


def test_long_trainings_make_small_files(tmp_path):
    noise = np.random.default_rng(0).random((25, 28, 28, 1), dtype="float32")
    noise = noise * (noise > 0.8)
    snapshots = {e: np.roll(noise, e, axis=2) for e in range(1, 501)}
    animation = samples_animation(snapshots)
    assert len(animation.frames) == 100 + REST
    path = save(animation, tmp_path / "samples.gif")
    assert path.stat().st_size < 3_000_000


def test_colors_and_notes_go_together(make_dataset):
    snapshots = shaded([1, 2], shape=(8, 8, 3))
    plain = samples_animation(snapshots).frames
    noted = samples_animation(snapshots, make_dataset(note="a note")).frames
    assert plain.shape[-1] == 3 and noted.shape[1] > plain.shape[1]
    np.testing.assert_array_equal(noted[:, : plain.shape[1]], plain)


@pytest.mark.parametrize("name", ["samples-by-epoch", "samples-animation"])
@pytest.mark.parametrize("snapshots", [None, {}])
def test_runs_without_a_prior_store_no_snapshots(name, snapshots):
    with pytest.raises(KerasAAEError, match="needs snapshots"):
        draw(name, snapshots=snapshots)


@pytest.mark.parametrize("options", [{"rows": 1}, {"n": 0}])
def test_counts_are_whole_numbers(options):
    with pytest.raises(
        KerasAAEError,
        match="Invalid (rows|n) [01]. Expected a whole number of at least [12]",
    ):
        samples_by_epoch(shaded([1, 2]), **options)
