"""Seeded choices: disjoint, complete, fair to the classes, repeatable."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_aae.data import Dataset, Images, stratified_subset
from keras_aae.data.dataset import split_test
from keras_aae.errors import DataError

LABELS = st.lists(st.integers(-1, 5), min_size=2, max_size=60).map(np.array)
SEEDS = st.integers(0, 2**31 - 1)


def images_with(labels):
    return Images(np.zeros((len(labels), 1, 1), np.uint8), labels)


def row_numbers(images):
    return images._indices.tolist()


@given(LABELS, SEEDS, st.data())
@settings(max_examples=60, deadline=None)
def test_stratified_subset_is_exact_fair_and_repeatable(labels, seed, data):
    known = int((labels >= 0).sum())
    if known == 0:
        return
    n = data.draw(st.integers(1, known))
    chosen = stratified_subset(labels, n, seed)
    assert len(set(chosen)) == n
    assert np.all(np.diff(chosen) > 0)
    assert labels[chosen].min() >= 0
    np.testing.assert_array_equal(chosen, stratified_subset(labels, n, seed))
    classes, sizes = np.unique(labels[labels >= 0], return_counts=True)
    counts = np.array([(labels[chosen] == k).sum() for k in classes])
    # A class may be behind the largest by more than one only if it is used up.
    assert np.all((counts == sizes) | (counts >= counts.max() - 1))


def test_stratified_subset_of_100_takes_10_of_each_class():
    labels = np.random.default_rng(0).integers(0, 10, 2000)
    chosen = stratified_subset(labels, 100, 0)
    assert np.bincount(labels[chosen]).tolist() == [10] * 10
    assert chosen.tolist() != stratified_subset(labels, 100, 1).tolist()


def test_stratified_subset_never_changes():
    labels = np.arange(40) % 4
    assert stratified_subset(labels, 6, 3).tolist() == [7, 17, 28, 33, 34, 38]


def test_stratified_subset_of_one_class():
    assert len(stratified_subset(np.zeros(10, int), 4, 0)) == 4


@pytest.mark.parametrize("n", [0, -1, 4])
def test_stratified_subset_refuses_what_is_not_there(n):
    with pytest.raises(DataError, match=f"choose {n} labeled .* from 1 to 3"):
        stratified_subset(np.array([0, 1, -1, 1]), n, 0)


def test_stratified_subset_needs_labels():
    with pytest.raises(DataError, match="have no labels"):
        stratified_subset(None, 1, 0)


def test_negative_seed_is_refused():
    with pytest.raises(DataError, match="Invalid seed -1"):
        stratified_subset(np.zeros(3, int), 1, -1)


@given(LABELS, SEEDS, st.data())
@settings(max_examples=60, deadline=None)
def test_validation_split_is_disjoint_complete_and_proportional(labels, seed, data):
    total = len(labels)
    n = data.draw(st.integers(1, total - 1))
    dataset = Dataset("d", *[images_with(labels)] * 2, tuple("abcdef"))
    train, validation = dataset.split_validation(n, seed)
    rows = row_numbers(train) + row_numbers(validation)
    assert sorted(rows) == list(range(total))
    assert len(validation) == n
    for k in np.unique(labels):
        share = n * (labels == k).sum() / total
        assert abs((validation.labels == k).sum() - share) < 1


def test_validation_split_depends_on_the_seed_alone():
    dataset = Dataset("d", *[Images(np.zeros((100, 1, 1), np.uint8))] * 2)
    first, again, other = [
        row_numbers(dataset.split_validation(0.25, seed)[1]) for seed in (1, 1, 2)
    ]
    assert first == again
    assert first != other
    assert len(first) == 25


def test_no_validation():
    dataset = Dataset("d", *[images_with([0, 0])] * 2, ("a",))
    assert dataset.split_validation(0, 0) == (dataset.train, None)
    assert dataset.split_validation(0.0, 0)[1] is None


def test_small_fraction_still_gives_one_image():
    dataset = Dataset("d", *[images_with([0, 0])] * 2, ("a",))
    train, validation = dataset.split_validation(0.01, 0)
    assert (len(train), len(validation)) == (1, 1)


@pytest.mark.parametrize("validation", [2, 3, -1, 1.0, 1.5, -0.1, 0.99, float("nan")])
def test_validation_must_leave_images(validation):
    dataset = Dataset("d", *[images_with([0, 0])] * 2, ("a",))
    with pytest.raises(DataError, match=r"of 2 train images .* from 0 to 1 or a frac"):
        dataset.split_validation(validation, 0)


def test_test_part_is_a_tenth_and_always_the_same():
    labels = np.arange(200) % 10
    train, test = split_test(images_with(labels))
    assert (len(train), len(test)) == (180, 20)
    assert np.bincount(test.labels).tolist() == [2] * 10
    assert row_numbers(test) == row_numbers(split_test(images_with(labels))[1])
    assert not set(row_numbers(train)) & set(row_numbers(test))


def test_one_image_cannot_be_split():
    with pytest.raises(DataError, match="1 image.*at least 2"):
        split_test(images_with([0]))


def test_limit_takes_a_seeded_subset_of_both_parts():
    train = Images(np.arange(50, dtype=np.uint8)[:, None, None])
    test = Images(np.zeros((5, 1, 1), np.uint8))
    dataset = Dataset("d", train, test, note="careful")
    small = dataset.limited(20, seed=4)
    assert (len(small.train), len(small.test)) == (20, 5)
    assert small.note == "careful"
    rows = row_numbers(small.train)
    assert rows == sorted(set(rows))
    assert rows == row_numbers(dataset.limited(20, seed=4).train)
    assert rows != row_numbers(dataset.limited(20, seed=5).train)
    assert dataset.limited(50).fingerprint == dataset.fingerprint


def test_limit_must_be_positive():
    with pytest.raises(DataError, match="Invalid limit 0"):
        Dataset("d", *[images_with([0])] * 2, ("a",)).limited(0)
