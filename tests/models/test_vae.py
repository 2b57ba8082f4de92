import keras
import numpy as np
import pytest
from families import small_model
from keras import layers, ops

from keras_aae import load_model
from keras_aae.data import Images
from keras_aae.engine.loop import measure_terms
from keras_aae.errors import DataError, KerasAAEError, RecipeError, UnsupportedError
from keras_aae.models import VAE, Autoencoder
from keras_aae.models.vae import OBJECTIVES
from keras_aae.training.build import build_model


@pytest.fixture(scope="module")
def vae():
    return small_model("vae", latent_dim=2)


def test_the_first_experiment_has_the_parameters_of_its_seed():
    model = build_model("vae", (28, 28, 1), latent_dim=2)
    assert model.encoder.count_params() + model.decoder.count_params() == 788_788
    ordinary = build_model(
        "autoencoder", (28, 28, 1), hidden_units=[], code_activation="relu"
    )
    networks = (ordinary.encoder, ordinary.decoder)
    assert sum(network.count_params() for network in networks) == 50_992


def test_the_standard_deviation_is_exp_of_half_the_log_variance():
    values = (np.array([v], "float32") for v in (1.0, np.log(9.0), 2.0))
    z = VAE.reparameterize(*map(ops.convert_to_tensor, values))
    np.testing.assert_allclose(ops.convert_to_numpy(z), 1 + 3 * 2, rtol=1e-6)


def test_the_bound_equals_its_definition(vae, toy_images):
    x, _ = toy_images
    noise = np.random.default_rng(0).standard_normal((len(x), 2)).astype("float32")
    nll, kl = vae.bound(x, noise)
    mean, log_var = vae.posterior(x)
    p = vae.decode(mean + np.exp(log_var / 2) * noise).astype(float)
    pixels = x / 255
    expected = -(pixels * np.log(p) + (1 - pixels) * np.log1p(-p)).sum((1, 2, 3))
    np.testing.assert_allclose(nll, expected, rtol=1e-4)
    expected_kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var)
    np.testing.assert_allclose(kl, expected_kl.sum(1), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(
        vae.kl_per_dimension(x), expected_kl.mean(0), rtol=1e-3, atol=1e-5
    )


def test_importance_sampling_finds_the_integral_over_the_codes(vae, toy_images):
    x = (toy_images[0][:3] > 127).astype("uint8") * 255
    noise = np.random.default_rng(0).standard_normal((2000, 3, 2)).astype("float32")
    weights = vae.log_importance_weights(x, noise)
    assert weights.shape == (2000, 3)
    estimate = np.logaddexp.reduce(weights.astype(float), axis=0) - np.log(2000)
    axis = np.linspace(-6, 6, 241)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    p = vae.decode(grid).astype(float).reshape(len(grid), 1, -1)
    on = x.reshape(1, 3, -1) > 0
    log_p = np.where(on, np.log(p), np.log1p(-p)).sum(-1)
    log_prior = -0.5 * (grid**2).sum(1) - np.log(2 * np.pi)
    log_cell = 2 * np.log(axis[1] - axis[0])
    exact = np.logaddexp.reduce(log_p + log_prior[:, None] + log_cell, axis=0)
    ratio = np.exp(weights - estimate)
    error = ratio.std(axis=0) / np.sqrt(2000)
    assert (error < 0.1).all()
    assert (np.abs(estimate - exact) < 4 * error).all()


def test_the_networks_of_a_user_are_taken(toy_images):
    x = keras.Input((8, 8, 1))
    h = layers.Dense(5)(layers.Flatten()(x))
    encoder = keras.Model(x, [layers.Dense(2)(h), layers.Dense(2)(h)])
    z = keras.Input((2,))
    decoder = keras.Model(z, layers.Reshape((8, 8, 1))(layers.Dense(64)(z)))
    model = VAE(encoder, decoder, likelihood="gaussian", beta=0.5)
    model.compile(keras.optimizers.Adam(0.01))
    history = model.fit(toy_images[0], batch_size=35, epochs=2, verbose=0).history
    total = np.array(history["reconstruction_nll"]) + 0.5 * np.array(history["kl"])
    np.testing.assert_allclose(history["loss"], total, rtol=1e-5)
    assert model.encode(toy_images[0]).shape == (70, 2)


@pytest.mark.parametrize("shape", [(28, 28, 1), (30, 17, 3), (9, 9, 1)])
def test_convolutions_fit_images_of_any_size(shape):
    model = build_model("vae", shape, network="conv", hidden_units=[4, 8], latent_dim=2)
    assert model.image_shape == shape
    x = np.random.default_rng(0).random((3, *shape), np.float32)
    assert model.reconstruct(x).shape == (3, *shape)


def test_generate_is_a_function_of_its_seed(vae):
    first = vae.generate(5, seed=3)
    assert first.shape == (5, 8, 8, 1)
    np.testing.assert_array_equal(first, vae.generate(5, seed=3))
    assert not np.array_equal(first, vae.generate(5, seed=4))
    with pytest.raises(UnsupportedError, match="lacks `prior`"):
        small_model("autoencoder").generate(5)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: build_model("vae", (8, 8, 1), likelihood="poisson"), "bernoulli"),
        (lambda: build_model("autoencoder", (8, 8, 1), loss="l1"), "bernoulli.*mse"),
        (lambda: build_model("vae", (8, 8, 1), network="deep"), "dense, conv"),
        (lambda: build_model("vae", (8, 8, 1), hidden_units=[0]), "whole number"),
        (lambda: build_model("vae", (8, 8, 1), layers=3), "Known: latent_dim"),
    ],
)
def test_unknown_options_list_the_choices(build, message):
    with pytest.raises(KerasAAEError, match=message):
        build()


def test_the_autoencoder_measures_its_loss(toy_images):
    for loss in ("bernoulli", "gaussian", "mse"):
        model = small_model("autoencoder", loss=loss)
        assert isinstance(model, Autoencoder)
        value = model.evaluate(toy_images[0], verbose=0, return_dict=True)
        assert value["loss"] == value["reconstruction_loss"]
    x = toy_images[0] / 255
    squared = ((x - model.reconstruct(x)) ** 2).sum((1, 2, 3)).mean()
    assert value["loss"] == pytest.approx(squared, rel=1e-4)


@pytest.mark.parametrize("prior", ["normal", "mixture"])
def test_the_importance_weighted_bound_lies_above_the_elbo(prior, toy_images):
    values = {}
    for objective in ("elbo", "iwae"):
        model = small_model(
            "vae", objective=objective, samples=8, prior=prior, components=2
        )
        values[objective] = measure_terms(model, Images(*toy_images))
    elbo, iwae = values["elbo"], values["iwae"]
    assert elbo["loss"] == pytest.approx(elbo["neg_elbo"], rel=1e-5)
    assert iwae["neg_elbo"] == pytest.approx(elbo["neg_elbo"], rel=1e-5)
    assert iwae["loss"] < elbo["loss"]


def test_the_importance_weighted_objective_equals_its_definition():
    nll = np.array([[2.0, 1.0], [3.0, 0.5]], "float32")  # (samples, batch)
    rate = np.array([[0.5, 0.1], [0.2, 0.3]], "float32")
    model = small_model("vae", objective="iwae", samples=2)
    loss = OBJECTIVES["iwae"](model, nll, None, rate)
    expected = -np.log(np.exp(-nll - rate).mean(axis=0)).mean()
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_a_learned_prior_is_trained_saved_and_sampled(toy_images, tmp_path):
    model = small_model("vae", prior="mixture", components=4)
    before = model.prior.get_weights()
    model.fit(*toy_images, batch_size=35, epochs=2, verbose=0)
    after = model.prior.get_weights()
    assert all(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.generate(5, seed=1), model.generate(5, seed=1))
    noise = np.zeros((2, 3), "float32")
    np.testing.assert_allclose(
        loaded.bound(toy_images[0][:2], noise), model.bound(toy_images[0][:2], noise)
    )
    with pytest.raises(RecipeError, match="Invalid prior 'mixture'"):
        model.kl_per_dimension(toy_images[0])


def test_binarized_pixels_are_black_or_white_and_right_on_average(toy_images):
    x = np.tile(toy_images[0][:1].astype("float32") / 255, (3000, 1, 1, 1))
    plain, model = small_model("vae"), small_model("vae", binarize=True)
    assert plain.observed(x) is x
    drawn = ops.convert_to_numpy(model.observed(x))
    assert set(np.unique(drawn)) == {0.0, 1.0}
    np.testing.assert_allclose(drawn.mean(axis=0), x[0], atol=0.05)
    assert not np.array_equal(drawn, ops.convert_to_numpy(model.observed(x)))


def test_the_fault_of_two_relus_can_be_chosen(toy_images):
    model = small_model("vae", code_activation="relu")
    mean, log_var = model.posterior(toy_images[0])
    assert mean.min() >= 0 and log_var.min() >= 0
    mean, log_var = small_model("vae").posterior(toy_images[0])
    assert mean.min() < 0 and log_var.min() < 0


@pytest.fixture(scope="module")
def conditional(toy_images):
    model = small_model("conditional-vae", latent_dim=2)
    model.fit(*toy_images, batch_size=10, epochs=25, verbose=0)
    return model


def test_a_conditional_vae_decodes_the_class_that_it_is_told(conditional):
    images = conditional.generate(8, seed=2)
    corners = images.reshape(8, 2, 4, 2, 4).mean(axis=(2, 4)).reshape(8, 4)
    np.testing.assert_array_equal(corners.argmax(axis=1), np.arange(8) % 4)
    chosen = conditional.generate(3, seed=2, labels=[2, 2, 2])
    assert (chosen[:, 4:, :4].mean(axis=(1, 2, 3)) > 0.5).all()


def test_a_conditional_vae_finds_the_class_of_an_image(conditional, toy_images):
    x, y = toy_images
    assert (conditional.classify(x) == y).mean() > 0.95
    np.testing.assert_allclose(
        conditional.reconstruct(x, y), conditional.decode(conditional.encode(x), y)
    )
    same = conditional.reconstruct(x, conditional.classify(x))
    np.testing.assert_allclose(conditional.reconstruct(x), same, atol=1e-5)


def test_the_bound_of_a_conditional_vae_is_that_of_the_given_classes(
    conditional, toy_images
):
    x, y = toy_images
    noise = np.random.default_rng(0).standard_normal((2, len(x), 2)).astype("float32")
    nll, kl = conditional.bound(x, noise[0], y)
    mean, log_var = conditional.posterior(x)
    z, pixels = mean + np.exp(log_var / 2) * noise, x.astype(float) / 255
    p = np.stack([conditional.decode(codes, y) for codes in z]).astype(float)
    log_p = (pixels * np.log(p) + (1 - pixels) * np.log1p(-p)).sum((2, 3, 4))
    np.testing.assert_allclose(nll, -log_p[0], rtol=1e-4)
    expected_kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).sum(1)
    np.testing.assert_allclose(kl, expected_kl, rtol=1e-3, atol=1e-4)
    # log p(z) - log q(z|x), both normal: their 2 pi cancel.
    rate = 0.5 * (noise**2 + log_var - z**2).sum(2)
    weights = conditional.log_importance_weights(x, noise, y)
    np.testing.assert_allclose(weights, log_p + rate, rtol=1e-4)
    others = conditional.bound(x, noise[0], (y + 1) % 4)[0]
    assert others.mean() > nll.mean() + 1


def test_a_vae_without_classes_is_bounded_the_same_with_labels(vae, toy_images):
    x, y = toy_images
    noise = np.zeros((len(x), 2), "float32")
    for one, other in zip(vae.bound(x, noise), vae.bound(x, noise, y), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_conditional_vae_asks_for_labels(conditional, toy_images):
    for measure, noise in (
        (conditional.bound, np.zeros((70, 2), "float32")),
        (conditional.log_importance_weights, np.zeros((1, 70, 2), "float32")),
    ):
        with pytest.raises(UnsupportedError, match="labels="):
            measure(toy_images[0][:70], noise)
    with pytest.raises(UnsupportedError, match="labels="):
        conditional.decode(np.zeros((2, 2)))
    with pytest.raises(UnsupportedError, match="labels="):
        conditional.fit(toy_images[0], batch_size=35, verbose=0)
    for labels in ([0, 4], [0], [0.0, 1.0]):
        with pytest.raises(DataError, match="2 whole numbers from 0 to 3"):
            conditional.decode(np.zeros((2, 2)), labels)


def test_wide_and_deep_classifies_by_pixels_and_codes_and_leaves_the_codes(toy_images):
    model = small_model("wide-and-deep")
    images = ops.convert_to_tensor(toy_images[0][:6].astype("float32") / 255)
    classification = model.phases()[-1]
    assert classification.batch == "labeled"
    trained = {id(v) for v in classification.variables}
    assert trained == {id(v) for v in model.classifier.trainable_variables}
    z = ops.convert_to_tensor(model.encode(toy_images[0][:6]))
    by = {
        name: ops.convert_to_numpy(model.classifier([x, code], training=False))
        for name, x, code in (
            ("both", images, z),
            ("codes", images * 0.0, z),
            ("pixels", images, z * 0.0),
            ("nothing", images * 0.0, z * 0.0),
        )
    }
    found = ops.convert_to_numpy(model.class_logits(images))
    np.testing.assert_allclose(found, by["both"], atol=1e-5)
    # The code reaches the logits beside the hidden layer of the pixels, by a sum.
    together = by["codes"] + by["pixels"] - by["nothing"]
    np.testing.assert_allclose(by["both"], together, atol=1e-5)
    assert np.abs(by["codes"] - by["nothing"]).max() > 1e-3
