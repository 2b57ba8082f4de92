import numpy as np
import pytest

from keras_aae.errors import UnsupportedError
from keras_aae.figures.point_clouds import point_clouds
from keras_aae.figures.style import PAGE


def test_clouds_stand_above_their_reconstructions(model, make_dataset):
    dataset = make_dataset(n=20, classes=0, shape=(12, 2, 1))
    figure = point_clouds(model, dataset, n=3)
    first = dataset.test.images[:3, ..., 0] / 255
    drawn = [np.asarray(axes.collections[0].get_offsets()) for axes in figure.axes]
    np.testing.assert_allclose(drawn, [*first, *(1 - first)], atol=1e-6)
    above, below = figure.axes[0].get_position(), figure.axes[3].get_position()
    assert above.y0 > below.y1 and above.x0 == below.x0
    names = [figure.axes[i].texts[0].get_text() for i in (0, 3)]
    assert names == ["original", "reconstruction"]


@pytest.mark.parametrize("n", [1, 8, 30])
def test_panels_are_equal_squares_on_the_page(model, make_dataset, n):
    figure = point_clouds(model, make_dataset(n=50, shape=(12, 2, 1)), n=n)
    assert figure.get_figwidth() <= PAGE + 1e-9
    for axes in figure.axes:
        width, height = axes.get_window_extent().size
        assert width == pytest.approx(height)
        assert axes.get_xlim() == axes.get_ylim() == (0, 1)


def test_other_images_are_refused(model, dataset):
    with pytest.raises(UnsupportedError, match=r"\(n, points, 2, 1\).*\(8, 8, 8, 1\)"):
        point_clouds(model, dataset)


def test_a_model_that_cannot_reconstruct_is_named(make_dataset):
    with pytest.raises(UnsupportedError, match="object lacks `reconstruct`"):
        point_clouds(object(), make_dataset(shape=(12, 2, 1)))
