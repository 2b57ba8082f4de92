import numpy as np
import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.axis_scatter import axis_scatter, near_zero

CODES = np.array(  # codes of 8 images; units 0 and 2 are drawn
    [
        [0.0, 9, 0.0],
        [0.0, 9, 1.0],
        [0.0, 9, 2.0],
        [0.0, 9, 2.0],
        [3.0, 9, 0.0],
        [4.0, 9, 4.0],
        [0.02, 9, 3.0],
        [2.0, 9, 0.5],
    ]
)


class Model:
    """A model with fixed codes; an image is the position of its code."""

    def __init__(self, codes):
        self.codes = np.asarray(codes, dtype="float64")

    def encode(self, positions):
        return self.codes[positions]


@pytest.fixture
def toy(make_dataset):
    """Return a function that draws codes, one per image, of alternating classes."""

    def toy(codes=CODES, classes=2, units=(0, 2), **options):
        dataset = make_dataset(n=len(codes), classes=classes)
        dataset.test.images = np.arange(len(codes))
        return axis_scatter(Model(codes), dataset, units=units, **options)

    return toy


def points_of(figure):
    clouds = [cloud.get_offsets() for cloud in figure.axes[0].collections]
    return np.concatenate([np.asarray(cloud) for cloud in clouds])


def title(figure):
    return figure.axes[0].get_title(loc="left").splitlines()


def test_zero_is_a_share_of_the_range_of_each_unit():
    codes = np.array([[-1.0, 0.0], [0.019, 0.2], [0.021, 10.0], [1.0, 0.05]])
    expected = [[False, True], [True, False], [False, False], [False, True]]
    np.testing.assert_array_equal(near_zero(codes, 0.01), expected)
    np.testing.assert_array_equal(near_zero(codes, 0.0)[:, 1], [True] + 3 * [False])


def test_the_title_counts_the_points_on_each_axis_and_says_what_zero_is(toy):
    assert title(toy()) == [
        "75.0% of 8 points on an axis",
        "$z_{1}$ = 0: 50.0%   $z_{3}$ = 0: 12.5%   both: 12.5%",
        "zero: |z| up to 1% of the unit's range",
    ]
    assert title(toy(tolerance=0.0025))[::2] == [
        "62.5% of 8 points on an axis",
        "zero: |z| up to 0.25% of the unit's range",
    ]


def test_points_off_the_axes_stay_and_those_on_one_keep_the_other_unit(toy):
    points = points_of(toy())
    assert len(points) == 8
    assert {(4.0, 4.0), (2.0, 0.5)} <= set(map(tuple, points))
    aside = points[points[:, 0] < 0]
    below = points[points[:, 1] < 0]
    assert sorted(aside[aside[:, 1] >= 0][:, 1]) == [1.0, 2.0, 2.0, 3.0]
    assert list(below[below[:, 0] >= 0][:, 0]) == [3.0]
    assert ((aside < 0).all(axis=1)).sum() == 1


@pytest.mark.parametrize("classes", [0, 2])
def test_no_point_on_an_axis_covers_another(toy, classes):
    codes = np.zeros((300, 3))
    codes[100:200, 0] = np.linspace(1, 3, 100)
    codes[200:, 2] = np.linspace(3, 1, 100)
    points = points_of(toy(codes, classes))
    apart = np.linalg.norm(points[:, None] - points, axis=-1) + 9 * np.eye(300)
    assert apart.min() > 0.01 * np.ptp(points)  # on the axes all lie closer


def test_all_points_lie_within_the_axes(toy):
    axes = toy(-CODES).axes[0]
    points = points_of(axes.figure)
    low, high = np.transpose([axes.get_xlim(), axes.get_ylim()])
    assert (points > low).all() and (points < high).all()


def test_points_at_the_origin_stand_class_by_class(toy):
    codes = np.zeros((64, 3))
    (cloud,) = toy(codes, classes=4).axes[0].collections
    x = np.asarray(cloud.get_offsets())[:, 0]
    colors = cloud.get_facecolor()[np.argsort(x, kind="stable")].reshape(4, 16, 4)
    assert (colors == colors[:, :1]).all()
    assert len(np.unique(colors[:, 0], axis=0)) == 4


def test_strips_and_axes_are_named_and_ticks_keep_to_the_plane(toy):
    (axes,) = toy().axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$z_{1}$", "$z_{3}$")
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["$z_{1}$ = 0", "$z_{3}$ = 0"]
    assert min(axes.get_xticks()) >= 0 and max(axes.get_xticks()) <= 4


def test_units_that_never_change_can_be_drawn(toy):
    codes = np.full((5, 3), [0.0, 9.0, 2.0])
    assert (
        title(toy(codes))[1] == "$z_{1}$ = 0: 100.0%   $z_{3}$ = 0: 0.0%   both: 0.0%"
    )


@pytest.mark.parametrize("units", [(0, 0), (0, 3), (-1, 0), (0,), "ab", 1])
def test_units_that_do_not_exist_are_refused(toy, units):
    with pytest.raises(KerasAAEError, match="Invalid units .*Expected"):
        toy(units=units)


@pytest.mark.parametrize("value", [-0.1, 1, float("nan"), "0.01"])
def test_tolerances_without_meaning_are_refused(toy, value):
    with pytest.raises(
        KerasAAEError, match=r"Invalid tolerance .*Expected a number in \[0, 1\)"
    ):
        toy(tolerance=value)


def test_one_dimension_is_refused(make_model, dataset):
    with pytest.raises(UnsupportedError, match="at least 2 dimensions. These have 1"):
        axis_scatter(make_model(1), dataset)
