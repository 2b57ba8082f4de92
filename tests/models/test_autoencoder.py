import keras
import numpy as np
import pytest
from families import small_model
from keras import ops

from keras_aae.data import Images
from keras_aae.engine.loop import measure_terms
from keras_aae.errors import KerasAAEError, RecipeError
from keras_aae.training.build import build_model


def terms(model, toy_images):
    x, y = toy_images
    return measure_terms(model, Images(x, y))


@pytest.mark.parametrize("sparsity", ["l1", "kl"])
def test_a_sparse_loss_is_the_ordinary_one_and_its_penalty(sparsity, toy_images):
    model = small_model(
        "sparse-autoencoder", sparsity=sparsity, sparsity_weight=3.0, hidden_units=[]
    )
    values = terms(model, toy_images)
    total = values["reconstruction_loss"] + 3 * values["sparsity"]
    assert values["loss"] == pytest.approx(total, rel=1e-5)
    codes = model.encode(toy_images[0])
    assert values["mean_code"] == pytest.approx(codes.mean(), rel=1e-4)
    if sparsity == "l1":
        expected = np.abs(codes).sum(axis=1).mean()
        assert values["sparsity"] == pytest.approx(expected, rel=1e-4)


def test_a_mean_over_units_is_the_sum_divided_by_their_number(toy_images):
    values = [
        terms(small_model("sparse-autoencoder", sparsity_reduction=r), toy_images)
        for r in ("sum", "mean")
    ]
    assert values[0]["sparsity"] == pytest.approx(3 * values[1]["sparsity"], rel=1e-5)


def test_kl_sparsity_brings_codes_to_their_target(toy_images):
    model = small_model(
        "sparse-autoencoder", sparsity_target=0.1, sparsity_weight=500.0,
        optimizer=keras.optimizers.Adam(0.05),
    )  # fmt: skip
    model.fit(*toy_images, batch_size=35, epochs=40, verbose=0)
    assert model.encode(toy_images[0]).mean() == pytest.approx(0.1, abs=0.02)


def test_kl_sparsity_survives_codes_above_one(toy_images):
    model = small_model("sparse-autoencoder", code_activation="relu")
    for layer in model.encoder.layers:
        if "z" == layer.name:
            layer.bias.assign(np.full(3, 5.0))
    assert model.encode(toy_images[0]).mean() > 1
    history = model.fit(*toy_images, batch_size=35, epochs=3, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_weight_penalties_join_the_loss_and_are_no_term(toy_images):
    model = small_model("autoencoder", weight_decay=0.5, nonnegativity=2.0)
    values = terms(model, toy_images)
    kernels = [ops.convert_to_numpy(v) for v in model.trainable_variables if v.ndim > 1]
    assert len(kernels) == 4
    penalty = sum(
        0.5 * (w**2).sum() + 2 * (np.minimum(w, 0) ** 2).sum() for w in kernels
    )
    expected = values["reconstruction_loss"] + penalty
    assert values["loss"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("penalized", "free"), [("encoder", "decoder"), ("decoder", "encoder")]
)
def test_nonnegative_kernels_stay_so_where_it_is_asked_for(penalized, free, toy_images):
    model = small_model("autoencoder", nonnegative=True, penalized=penalized)
    model.fit(*toy_images, batch_size=35, epochs=1, verbose=0)
    lowest = {
        name: min(w.min() for w in getattr(model, name).get_weights() if w.ndim > 1)
        for name in (penalized, free)
    }
    assert lowest[penalized] == 0 and lowest[free] < 0


def test_a_denoising_loss_is_between_noisy_and_clean_images(toy_images):
    model = small_model("denoising-autoencoder", noise=0.2)
    x = toy_images[0].astype("float32") / 255
    noisy = model.corrupt(toy_images[0], seed=4)
    assert noisy.shape == x.shape and noisy.dtype == np.float32
    assert 0.05 < np.abs(noisy - x).mean() < 0.2
    np.testing.assert_allclose(noisy, model.corrupt(x, seed=4), atol=1e-6)
    losses = [
        terms(small_model("denoising-autoencoder", noise=noise), toy_images)["loss"]
        for noise in (0.0, 0.5)
    ]
    clean = terms(small_model("autoencoder"), toy_images)["loss"]
    assert losses[0] == pytest.approx(clean, rel=1e-5)
    assert abs(losses[1] - clean) > 0.01


def test_the_contraction_is_the_squared_norm_of_the_jacobian(toy_images):
    model = small_model("contractive-autoencoder", hidden_units=[])
    w = model.encoder.get_weights()[0]
    x = np.repeat(toy_images[0][:1].astype("float32") / 255, 4000, axis=0)
    z = model.encoder(x)
    estimate = ops.convert_to_numpy(model.contraction(ops.convert_to_tensor(x), z))
    assert estimate == pytest.approx((w**2).sum(), rel=0.05)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sparse-autoencoder", {"sparsity": "l0"}, "l1, kl"),
        ("sparse-autoencoder", {"sparsity_target": 1.5}, r"in \(0, 1\)"),
        ("sparse-autoencoder", {"sparsity_reduction": "max"}, "sum, mean"),
        ("denoising-autoencoder", {"corruption": "salt"}, "salt-and-pepper"),
        ("autoencoder", {"weight_decay": -1.0}, "at least 0"),
        ("autoencoder", {"penalized": "all"}, "encoder, decoder, both"),
        ("autoencoder", {"network": "lenet", "hidden_units": [4]}, "32, 64, 1024"),
        ("autoencoder", {"network": "pooled", "latent_dim": 5}, "Expected 8"),
        ("vae", {"network": "pooled", "latent_dim": 8}, "z_mean and z_log_var"),
        ("vae", {"prior": "normals"}, "normal, mixture"),
        ("vae", {"objective": "elbow"}, "elbo, iwae"),
        ("vae", {"samples": 0}, "samples 0. Expected a whole number"),
    ],
)
def test_values_that_make_no_sense_are_refused(name, options, message):
    with pytest.raises(KerasAAEError, match=message):
        build_model(name, (8, 8, 1), **options)


def test_the_convolutional_autoencoder_of_lines_has_its_parameters():
    model = build_model(
        "autoencoder", (28, 28, 1), network="pooled", latent_dim=128,
        hidden_units=[16, 8, 8],
    )  # fmt: skip
    networks = (model.encoder, model.decoder)
    assert sum(network.count_params() for network in networks) == 4_385
    assert model.encoder.layers[-2].output.shape[1:] == (4, 4, 8)


@pytest.mark.parametrize("shape", [(28, 28, 1), (30, 17, 3), (9, 9, 1)])
@pytest.mark.parametrize("network", ["lenet", "pooled"])
def test_pooling_networks_fit_images_of_any_size(network, shape):
    height, width, _ = shape
    grid = -(-height // 4) * -(-width // 4)
    options = {
        "lenet": {"hidden_units": [4, 8, 16], "latent_dim": 2},
        "pooled": {"hidden_units": [4, 2], "latent_dim": 2 * grid},
    }[network]
    model = build_model("autoencoder", shape, network=network, **options)
    x = np.random.default_rng(0).random((3, *shape), np.float32)
    assert model.reconstruct(x).shape == x.shape


def test_every_family_says_what_it_takes():
    model = small_model("sparse-autoencoder")
    options = type(model).options()
    assert {"latent_dim", "hidden_units", "loss", "sparsity", "seed"} <= set(options)
    assert options["code_activation"].default == "sigmoid"
    assert "prior" not in options and "kwargs" not in options
    with pytest.raises(RecipeError, match="Did you mean 'sparsity_weight'"):
        build_model("sparse-autoencoder", (8, 8, 1), sparsity_wieght=1.0)
