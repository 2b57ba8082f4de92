from types import SimpleNamespace

import numpy as np
import pytest
from families import small_model
from keras import ops

from keras_aae.data import Dataset, Images
from keras_aae.engine import BatchLoader
from keras_aae.engine.gradients import first_batches, phase_gradients
from keras_aae.engine.networks import has_batch_normalization
from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.figures import draw
from keras_aae.figures.latent_walk import walks
from keras_aae.figures.receptive_fields import kernel_variables


def test_a_walk_changes_one_dimension_along_the_prior(make_model, prior):
    prior.latent_dim = 4
    model = make_model(4, prior)
    figure = draw("latent-walk", model=model, n=3, dimensions=[1, 3], seed=2)
    (codes,) = model.decoded
    start = prior.sample(1, 2)[0].astype("float32")
    expected = walks(start, [1, 3], QUARTILES).reshape(6, 4)
    np.testing.assert_allclose(codes, expected, atol=1e-6)
    assert (codes[:, [0, 2]] == start[[0, 2]]).all()
    assert codes[:3, 1] == pytest.approx(QUARTILES, abs=1e-6)
    assert (codes[3:, 1] == start[1]).all()
    assert [text.get_text() for text in figure.axes[0].texts] == ["$z_{2}$", "$z_{4}$"]


QUARTILES = np.array([-0.967422, 0.0, 0.967422])  # of N(0, 1) at 1/6, 1/2, 5/6


def test_a_walk_of_a_wide_code_is_along_the_25th_50th_and_75th(make_model, prior):
    names = {}
    for width in (2, 75, 100):
        prior.latent_dim = width
        figure = draw("latent-walk", model=make_model(width, prior), n=2)
        names[width] = [text.get_text() for text in figure.axes[0].texts]
    assert names[2] == ["$z_{1}$", "$z_{2}$"]
    assert names[75] == names[100] == ["$z_{25}$", "$z_{50}$", "$z_{75}$"]


@pytest.mark.parametrize("dimensions", [[2], [], [-1], [0.5], "all"])
def test_a_walk_along_no_dimension_is_refused(dimensions, model):
    with pytest.raises(
        KerasAAEError, match="Invalid dimensions .*Expected .*whole number"
    ):
        draw("latent-walk", model=model, dimensions=dimensions)


def test_probabilities_of_real_and_generated_images_are_shares_of_each(forger, dataset):
    figure = draw("probability-histograms", model=forger, dataset=dataset, n=50)
    (axes,) = figure.axes
    heights = [sum(bar.get_height() for bar in bars) for bars in axes.containers]
    assert heights == pytest.approx([100, 100])
    real, fake = (text.get_text() for text in figure.legends[0].get_texts())
    assert real.startswith("test images, mean 0.49") and "generated, mean 0.2" in fake
    assert axes.get_xlim() == (0, 1)


def test_batches_are_normalized_by_themselves_as_in_training(toy_images):
    model, data = small_model("gan"), toy_dataset(*toy_images)
    assert has_batch_normalization(model.discriminator)
    before = [np.array(w) for w in model.get_weights()]
    figure = draw("probability-histograms", model=model, dataset=data)
    real = ops.convert_to_tensor(toy_images[0].astype("float32") / 255)
    means = []
    for batch in (real[:64], real[64:]):
        logits = model.discriminator(batch, training=True)
        logits = logits[0] if isinstance(logits, list) else logits
        means.append(ops.convert_to_numpy(ops.sigmoid(logits)).sum())
    text = figure.legends[0].get_texts()[0].get_text()
    assert text == f"test images, mean {sum(means) / 70:.3f}"
    model.set_weights(before)
    draw("probability-histograms", model=model, dataset=data)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_critic_has_values_and_no_probabilities(forger, dataset):
    forger.has_critic = True
    forger.discriminate = lambda x: np.linspace(-3, 5, len(x))
    (axes,) = draw("probability-histograms", model=forger, dataset=dataset).axes
    low, high = axes.get_xlim()
    assert low < -3 and high > 5 and axes.get_xlabel() == "value of the critic"


def test_a_discriminator_of_codes_is_no_judge_of_images(model, dataset):
    with pytest.raises(UnsupportedError, match="has `discriminates_images` False"):
        draw("probability-histograms", model=model, dataset=dataset)


@pytest.mark.parametrize("kind", ["scatterplot", "reconstructions", "interpolation"])
def test_figures_of_codes_say_that_there_is_no_encoder(kind, dataset):
    with pytest.raises(UnsupportedError, match="lacks `(encode|reconstruct)`"):
        draw(kind, model=SimpleNamespace(generate=None), dataset=dataset)


def model_of(**kernels):
    def network(kernel):
        return SimpleNamespace(
            layers=[SimpleNamespace(), SimpleNamespace(kernel=kernel)]
        )

    return SimpleNamespace(**{name: network(w) for name, w in kernels.items()})


def test_weights_of_several_models_stand_in_a_panel_a_network():
    models = {
        heading: model_of(
            generator=std * np.array([[1.0, -1.0]]), discriminator=np.ones((5, 5))
        )
        for heading, std in (("good", 0.02), ("failed", 0.2))
    }
    figure = draw("weight-histograms", models=models)
    titles = [axes.get_legend().get_title().get_text() for axes in figure.axes]
    assert titles == ["generator, first layer", "discriminator, first layer"]
    good, failed = (t.get_text() for t in figure.axes[0].get_legend().get_texts())
    assert (good, failed) == ("good, std 0.02", "failed, std 0.2")


def test_weights_of_different_networks_are_not_compared():
    models = {
        "a": model_of(encoder=np.ones((2, 2))),
        "b": model_of(generator=np.eye(2)),
    }
    with pytest.raises(UnsupportedError, match="the same networks"):
        draw("weight-histograms", models=models)
    with pytest.raises(UnsupportedError, match="the same networks"):
        draw("weight-histograms", models={"a": SimpleNamespace()})


def test_gradients_have_a_curve_a_phase_in_the_panel_of_each_network_it_trains(
    toy_images,
):
    model, data = small_model("gan"), toy_dataset(*toy_images)
    figure = draw("gradient-histograms", model=model, dataset=data, n=16)
    shown = {
        axes.get_legend().get_title().get_text(): [
            text.get_text().split(",")[0] for text in axes.get_legend().get_texts()
        ]
        for axes in figure.axes
    }
    assert shown == {
        "generator, first layer": ["generation"],
        "discriminator, first layer": ["discrimination"],
    }
    (generation,) = figure.axes[0].get_legend().get_texts()
    gradients = phase_gradients(model, first_batches(loader_of(model, data)))
    kernel = next(kernel_variables(model.generator))
    std = next(g.std() for v, g in gradients["generation"] if v is kernel)
    assert generation.get_text() == f"generation, std {std:.3g}"


def toy_dataset(x, y):
    return Dataset("toy", Images(x, y), Images(x, y), tuple("abcd"))


def loader_of(model, data):
    return BatchLoader(data.train, 16, model.batches, seed=0, labeled=data.train)


def test_gradients_need_a_model_of_phases(model, dataset):
    with pytest.raises(UnsupportedError, match="LinearModel lacks `phases`"):
        draw("gradient-histograms", model=model, dataset=dataset)
