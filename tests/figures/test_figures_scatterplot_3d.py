import subprocess
import sys

import numpy as np
import pytest

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures.scatterplot_3d import scatterplot_3d


@pytest.fixture
def model(make_model):
    return make_model(3)


def points_of(figure):
    return np.concatenate(
        [np.stack(c._offsets3d, axis=1) for c in figure.axes[0].collections]
    )


def sorted_rows(rows):
    return rows[np.lexsort(rows.T)]


def test_points_are_the_codes_and_every_class_an_entry(model, dataset):
    figure = scatterplot_3d(model, dataset)
    codes = model.encode(dataset.test.images)
    np.testing.assert_allclose(
        sorted_rows(points_of(figure)), sorted_rows(codes), atol=1e-6
    )
    (legend,) = figure.legends
    names = [text.get_text() for text in legend.texts]
    assert names == list(dataset.class_names)
    assert names == [text.get_text() for text in figure.axes[0].texts]


def test_all_axes_have_equal_units(model, dataset):
    model.weights[:, 1] *= 3
    axes = scatterplot_3d(model, dataset).axes[0]
    lengths = np.ptp([axes.get_xlim(), axes.get_ylim(), axes.get_zlim()], axis=1)
    ratios = lengths / axes._box_aspect
    np.testing.assert_allclose(ratios, ratios[0])
    assert lengths[1] > 2 * lengths[0]


def test_a_dimension_that_never_changes_is_wide_enough_to_read(model, dataset):
    model.weights[:, 2] = 0
    axes = scatterplot_3d(model, dataset).axes[0]
    lengths = np.ptp([axes.get_xlim(), axes.get_ylim(), axes.get_zlim()], axis=1)
    np.testing.assert_allclose(lengths[2], lengths.max() / 4)


@pytest.mark.parametrize(
    "elev, azim, classes, note",
    [(20, -60, 10, ""), (35, 30, 0, "a note"), (-9.5, 200, 40, "a note")],
)
def test_nothing_leaves_the_page_or_meets_the_legend(
    model, make_dataset, elev, azim, classes, note
):
    dataset = make_dataset(classes=classes, note=note)
    figure = scatterplot_3d(model, dataset, elev=elev, azim=azim)
    axes = figure.axes[0]
    assert (axes.elev, axes.azim) == (elev, azim)
    figure.draw_without_rendering()
    seen, page = axes.get_tightbbox(), figure.bbox
    assert seen.x0 >= 0 and seen.y0 >= 0
    assert seen.x1 <= page.x1 and seen.y1 <= page.y1
    for other in [*figure.legends, *figure.axes[1:]]:
        assert seen.x1 <= other.get_tightbbox().x0
    assert max(seen.width / page.width, seen.height / page.height) > 0.7


@pytest.mark.parametrize("latent_dim", [1, 2, 4])
def test_other_dimensions_are_refused(make_model, dataset, latent_dim):
    message = f"needs codes of 3 dimensions.* have {latent_dim}. Draw 'scatterplot'"
    with pytest.raises(UnsupportedError, match=message):
        scatterplot_3d(make_model(latent_dim), dataset)


@pytest.mark.parametrize("option", ["elev", "azim"])
@pytest.mark.parametrize("value", [float("nan"), "30", None])
def test_angles_are_numbers(model, dataset, option, value):
    with pytest.raises(
        KerasAAEError, match=f"Invalid {option} .*Expected a finite number"
    ):
        scatterplot_3d(model, dataset, **{option: value})


def test_a_single_image_can_be_drawn(model, make_dataset):
    assert len(points_of(scatterplot_3d(model, make_dataset(n=1)))) == 1


def test_three_dimensions_need_no_pyplot():
    code = (
        "import sys, keras_aae.figures.scatterplot_3d\n"
        "from matplotlib.figure import Figure\n"
        "Figure().add_subplot(projection='3d').scatter([1], [2], [3])\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
