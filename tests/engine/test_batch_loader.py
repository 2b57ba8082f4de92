import numpy as np
import pytest

from keras_aae.data import Images
from keras_aae.engine import BatchLoader
from keras_aae.engine.batch_loader import in_order
from keras_aae.errors import DataError


def numbered(n):
    """Return images whose pixels are their index."""
    x = np.zeros((n, 2, 2, 1), "uint8")
    x[:, 0, 0, 0] = np.arange(n)
    return Images(x, np.arange(n))


def epoch_of(loader, epoch, width=4):
    """Return the image indices of each batch of an epoch, step by step."""
    seen = {name: [] for name in loader.names}
    step = 0
    while step < loader.full_steps:
        count = min(width, loader.full_steps - step)
        block = loader.block(epoch, step, count, width)
        for name, batch in block.items():
            assert batch.x.shape[:2] == (width, loader.batch_size)
            seen[name] += list(batch.labels[:count])
        step += count
    if loader.last_batch_size:
        for name, batch in loader.last_block(epoch).items():
            seen[name] += list(batch.labels)
    return seen


@pytest.mark.parametrize("n", [16, 23, 50])
def test_an_epoch_shows_every_image_once(n):
    seen = epoch_of(BatchLoader(numbered(n), 8, seed=1), 0)["images"]
    assert sorted(np.concatenate(seen)) == list(range(n))


def test_images_and_labels_stay_together():
    block = BatchLoader(numbered(50), 8, seed=1).block(0, 0, 3, 4)
    np.testing.assert_array_equal(
        block["images"].x[:, :, 0, 0, 0], block["images"].labels
    )


def test_the_order_is_a_function_of_seed_and_epoch():
    def order(seed, epoch):
        return np.concatenate(
            epoch_of(BatchLoader(numbered(40), 8, seed=seed), epoch)["images"]
        )

    assert list(order(1, 0)) == list(order(1, 0))
    assert list(order(1, 0)) != list(order(1, 1))
    assert list(order(1, 0)) != list(order(2, 0))


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_the_length_of_chunks_changes_no_step(width):
    def steps(width):
        return np.concatenate(
            epoch_of(BatchLoader(numbered(43), 8, seed=1), 2, width)["images"]
        )

    np.testing.assert_array_equal(steps(width), steps(4))


def test_several_batches_share_an_epoch_out():
    loader = BatchLoader(numbered(50), 8, ("a", "b"), seed=1)
    seen = epoch_of(loader, 0)
    everything = np.concatenate(seen["a"] + seen["b"])
    assert len(set(everything)) == len(everything) == loader.images_in(0, loader.steps)
    assert len(everything) == 50


def test_the_labeled_batch_runs_through_its_images_over_and_over():
    images = numbered(40)
    labeled = images.subset(np.arange(30, 40))
    loader = BatchLoader(images, 8, ("a", "labeled"), seed=1, labeled=labeled)
    seen = np.concatenate([r for e in range(4) for r in epoch_of(loader, e)["labeled"]])
    assert set(seen) == set(range(30, 40))
    for start in range(0, len(seen) - 10, 10):
        assert sorted(seen[start : start + 10]) == list(range(30, 40))


def test_images_in_counts_whole_and_last_steps():
    loader = BatchLoader(numbered(43), 8, seed=1)
    assert [loader.images_in(0, i) for i in range(7)] == [0, 8, 16, 24, 32, 40, 43]
    assert loader.images_in(4, 6) == 11


def test_too_few_images_are_refused():
    with pytest.raises(DataError, match="at most 5"):
        BatchLoader(numbered(5), 8)
    with pytest.raises(DataError, match="needs labeled images"):
        BatchLoader(numbered(20), 8, ("a", "labeled"))


@pytest.mark.parametrize("n", [3, 8, 20])
def test_in_order_shows_all_in_their_order(n):
    seen = []
    for batch, count in in_order(numbered(n), min(8, n)):
        seen += list(batch.labels[:count].ravel())
    assert seen == list(range(n))


def test_a_memory_mapped_array_is_read_row_by_row(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((64, 4, 4, 1), "uint8"))
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    block = BatchLoader(Images(x), 8).block(0, 0, 2, 2)
    assert block["images"].x.shape == (2, 8, 4, 4, 1)
    assert block["images"].labels is None
