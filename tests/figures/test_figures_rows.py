import numpy as np
import pytest

from keras_aae.figures.rows import MOST_ROWS, in_blocks, named_rows
from keras_aae.figures.style import PAGE, house_style

PLACE = {"between": 0.2, "room": 6.5, "side": 8}


def numbered(k, n=3):
    shades = np.arange(k * n, dtype="float32").reshape(k, n, 1, 1, 1) / (k * n)
    return np.tile(shades, (1, 1, 8, 8, 1))


def names_on(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_rows_stand_under_each_other_beside_their_names(image_of):
    rows = numbered(4)
    figure = named_rows(rows, "abcd", "")
    np.testing.assert_array_equal(image_of(figure)[::9, ::9], rows[:, :, 0, 0, 0])
    assert names_on(figure) == list("abcd")
    heights = [text.xy[1] for text in figure.axes[0].texts]
    np.testing.assert_allclose(heights, [3.5, 12.5, 21.5, 30.5])


def test_many_rows_stand_in_two_blocks(image_of):
    k = MOST_ROWS + 3
    rows = numbered(k)
    figure = named_rows(rows, [str(i) for i in range(k)], "")
    image, corners = image_of(figure), figure.axes[0].texts
    assert image.shape[0] == 8 * 9 - 1
    for i, text in enumerate(corners):
        x, y = round(text.xy[0] + 0.5), round(text.xy[1] - 3.5)
        np.testing.assert_array_equal(image[y, x : x + 27 : 9], rows[i, :, 0, 0, 0])
    assert len({text.xy[0] for text in corners}) == 2
    assert (image[-1, -1], image[-10, -1]) == (1, rows[-1, -1, 0, 0, 0])


@pytest.mark.parametrize("k", [3, 30])
def test_names_neither_leave_the_page_nor_touch_images(k):
    names = [f"Ankle boot {i}"[-12:] for i in range(k)]
    figure = named_rows(numbered(k, 12), names, "", along=("x", np.arange(12)))
    assert figure.get_figwidth() <= PAGE + 1e-9
    with house_style():
        boxes = [text.get_window_extent() for text in figure.axes[0].texts]
        axes = figure.axes[0].get_window_extent()
    assert min(box.x0 for box in boxes) >= 0
    scale = axes.width / figure.axes[0].images[0].get_array().shape[1]
    row = 12 * 9 - 1
    if k == 3:
        assert max(box.x1 for box in boxes) <= axes.x0
    else:
        assert min(box.x0 for box in boxes[15:]) >= axes.x0 + row * scale


def test_numbers_stand_below_the_images_of_every_block():
    values = np.linspace(-1, 1, 5)
    figure = named_rows(numbered(14, 5), ["x"] * 14, "", along=("z", values))
    (axes,) = figure.axes
    places = axes.get_xticks().reshape(2, -1)
    texts = [text.get_text().replace("−", "-") for text in axes.get_xticklabels()]
    marked = np.array(texts, float).reshape(2, -1)
    np.testing.assert_allclose(marked[0], marked[1])
    start = {text.xy[0] + 0.5 for text in axes.texts}
    for left, row in zip(sorted(start), places, strict=True):
        np.testing.assert_allclose(row, left + 3.5 + (marked[0] + 1) / 0.5 * 9)
    assert axes.get_xlabel() == "z"


def test_a_line_of_text_fits_between_strips():
    strips = [np.zeros((8, 26, 1), "float32")] * 3
    image, corners = in_blocks(strips, 1, line=0.1, **PLACE)
    step = corners[1][1]
    scale = 15  # of tiles of 8 pixels, 0.6 inches each, 200 pixels an inch
    assert step == 8 + 1 + np.ceil(0.1 * 200 / scale)
    assert image.shape == (2 * step + 8, 26, 1)
    assert (image[8:step] == 1).all()
