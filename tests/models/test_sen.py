"""Shared-encoding networks: three batches, five phases, fakes, directions."""

import keras
import numpy as np
import pytest
from families import SHAPE, small_model
from keras import ops

from keras_aae.engine import Batch
from keras_aae.errors import DataError, RecipeError, UnsupportedError
from keras_aae.networks import build_autoencoder_networks
from keras_aae.training.build import build_model

FAMILIES = ("sen", "variational-sen", "classifying-sen", "directed-sen", "feature-sen")


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


@pytest.fixture(scope="module")
def batch(toy_images):
    x, y = toy_images
    x, y = x[:16].astype("float32") / 255, y[:16].astype("int32")
    return Batch(ops.convert_to_tensor(x), ops.convert_to_tensor(y))


def test_a_step_is_five_phases_on_three_batches():
    model = small_model("sen")
    assert [(p.name, p.batch) for p in model.phases()] == [
        ("autoencoding", "augmented"),
        ("autoencoding", "generated"),
        ("generation", "generated"),
        ("autoencoding", "judged"),
        ("discrimination", "judged"),
    ]
    assert len(model.optimizer.optimizers) == 3  # one an objective


@pytest.mark.parametrize(
    ("path", "generators", "discriminators"),
    [
        ("image", {"generator", "decoder"}, {"discriminator", "encoder"}),
        ("direct", {"generator"}, {"discriminator"}),
        ("random", {"decoder"}, {"discriminator", "encoder"}),
    ],
)
def test_the_fake_path_decides_what_learns_to_deceive_and_to_discriminate(
    path, generators, discriminators
):
    model = small_model("sen", fake_path=path)
    assert {n.name for n in model.generator_networks()} == generators
    assert {n.name for n in model.discriminator_networks()} == discriminators
    assert (model.generator is None) == (path == "random")


def test_autoencoding_alone_has_no_discriminator():
    model = small_model("sen", fake_path="none")
    assert [p.name for p in model.phases()] == ["autoencoding"] * 3
    assert model.terms == ("reconstruction_loss", "augmented_loss")
    with pytest.raises(UnsupportedError, match="fake_path 'none'"):
        model.generate(2)


def test_fakes_go_through_an_image(batch):
    model = small_model("sen", discriminator_dropout=0.0, generator_dropout=0.0)
    noise = model.code_source.draw(6, seed=1)
    made = model.code_source.codes(noise)
    model.code_source.draw = lambda n, seed: noise
    fake, labels = model.generate_fake_codes(6, training=False)
    images = 1 / (1 + np.exp(-numpy(model.decoder(made))))
    expected = numpy(model.encoder(ops.convert_to_tensor(images)))
    np.testing.assert_allclose(numpy(fake), expected, atol=1e-5)
    assert labels is None
    model.fake_path = "direct"
    fake, _ = model.generate_fake_codes(6, training=False)
    np.testing.assert_allclose(numpy(fake), numpy(made), atol=1e-6)
    logits = numpy(model.discriminator(made))
    loss, _ = model.generation(batch._replace(x=batch.x[:6]), False)
    assert float(numpy(loss)) == pytest.approx(
        np.log1p(np.exp(-logits)).mean(), rel=1e-4
    )


def test_the_discriminator_should_not_be_too_sure_of_images(batch):
    model = small_model("sen", discriminator_dropout=0.0)
    model.generate_fake_codes = lambda n, training: (ops.full((n, 3), 0.5), None)
    loss, terms = model.discrimination(batch, training=False)
    real = numpy(model.discriminator(model.encoder(batch.x)))
    fake = numpy(model.discriminator(ops.full((16, 3), 0.5)))

    def cross_entropy(logit, target):
        return (np.log1p(np.exp(logit)) - target * logit).mean()

    expected = cross_entropy(real, 0.9) + cross_entropy(fake, 0.0)
    assert float(numpy(loss)) == pytest.approx(expected, rel=1e-4)
    assert float(numpy(terms["discriminator_accuracy_images"])) == pytest.approx(
        (real > 0).mean()
    )


def test_made_images_leave_the_encoders_averages_alone(batch):
    encoder, decoder = build_autoencoder_networks(
        SHAPE, latent_dim=3, network="conv-bn", hidden_units=[2, 3],
        activation="leaky_relu", code_activation="sigmoid",
    )  # fmt: skip
    plain = small_model("sen")
    model = type(plain)(encoder, decoder, plain.discriminator, plain.generator)
    averages = [v for v in encoder.non_trainable_weights if "moving" in v.path]
    before = [numpy(v).copy() for v in averages]
    others = [v for v in decoder.non_trainable_weights if "moving" in v.path]
    others_before = [numpy(v).copy() for v in others]
    model.generation(batch, True)
    for old, v in zip(before, averages, strict=True):
        np.testing.assert_array_equal(old, numpy(v))
    # The decoder decodes made embeddings as well as others, and counts both.
    moved = [
        (numpy(v) != old).any() for old, v in zip(others_before, others, strict=True)
    ]
    assert all(moved)
    model.discrimination(batch, True)
    assert all((numpy(v) != old).any() for old, v in zip(before, averages, strict=True))
    codes = numpy(model.encode_tensor(batch.x))
    assert codes.shape == (16, 3) and codes.min() > 0 and codes.max() < 1
    # In inference an image's code does not depend on its neighbors.
    np.testing.assert_allclose(
        numpy(model.encode_tensor(batch.x[:1]))[0], codes[0], atol=1e-5
    )


@pytest.mark.parametrize("shape", [(8, 8, 1), (7, 10, 3)])
def test_the_network_fits_images_of_any_size(shape):
    encoder, decoder = build_autoencoder_networks(
        shape, latent_dim=4, network="conv-bn", hidden_units=[2, 3, 4]
    )
    assert encoder.output_shape == (None, 4) and decoder.output_shape == (None, *shape)
    kernels = [layer.strides for layer in encoder.layers if "conv" in layer.name]
    assert kernels == [(1, 1), (2, 2), (2, 2)]


@pytest.mark.parametrize("name", FAMILIES)
def test_generated_codes_are_those_of_a_seed(name):
    model = small_model(name)
    codes = model.generate_codes(9, seed=4)
    assert codes.shape == (9, 3) and codes.min() > 0 and codes.max() < 1
    np.testing.assert_array_equal(codes, model.generate_codes(9, seed=4))
    assert np.abs(codes - model.generate_codes(9, seed=5)).max() > 1e-4
    np.testing.assert_allclose(
        model.generate(9, seed=4), model.decode(codes), atol=1e-6
    )


def test_the_dropout_of_a_generator_is_part_of_its_noise(batch):
    model = small_model("sen", generator_dropout=0.25)
    assert model.code_source.noise_width == 3 * model.latent_dim
    noise = numpy(model.code_source.draw(5, seed=1))
    first, *_ = weights = model.generator.get_weights()
    assert first.shape == (3, 3)
    x, kept = noise[:, :3], (noise[:, 3:6] >= 0.25, noise[:, 6:] >= 0.25)
    for i, keep in enumerate(kept):
        x = x @ weights[2 * i] + weights[2 * i + 1]
        x = np.where(x > 0, x, 0.2 * x) * keep / 0.75
    expected = 1 / (1 + np.exp(-(x @ weights[4] + weights[5])))
    np.testing.assert_allclose(
        numpy(model.code_source.codes(ops.convert_to_tensor(noise))),
        expected,
        atol=1e-5,
    )
    plain = small_model("sen", generator_dropout=0.0)
    assert plain.code_source.noise_width == model.latent_dim
    with pytest.raises(RecipeError, match="generator_dropout"):
        small_model("sen", generator_dropout=1.0)


def test_noisy_images_for_a_seed(toy_images):
    model = small_model("sen", noise=0.4)
    noisy = model.corrupt(toy_images[0], seed=1)
    assert noisy.shape == (70, *SHAPE) and noisy.min() >= 0 and noisy.max() <= 1
    np.testing.assert_array_equal(noisy, model.corrupt(toy_images[0], seed=1))
    assert np.abs(noisy - toy_images[0] / 255).std() > 0.1


def test_random_embeddings_of_a_variational_encoder_are_its_prior(batch):
    model = small_model("variational-sen")
    assert model.generator is None
    made = numpy(model.code_source.draw(4000, seed=1))
    logits = np.log(made) - np.log1p(-made)
    assert abs(logits.mean()) < 0.05 and abs(logits.std() - 1) < 0.05
    generating = small_model("variational-sen", fake_path="image")
    made = numpy(generating.code_source.draw(4000, seed=1))
    assert abs(made.mean() - 0.5) < 0.02 and abs(made.std() - 12**-0.5) < 0.01
    model.noise = 0.0
    loss, terms = model.autoencoding(batch, training=False)
    mean, log_var = (numpy(out) for out in model.encoder(batch.x))
    kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).sum(axis=1).mean()
    assert float(numpy(terms["kl"])) == pytest.approx(kl, rel=1e-3)
    expected = float(numpy(terms["reconstruction_loss"])) + float(numpy(terms["kl"]))
    assert float(numpy(loss)) == pytest.approx(expected, rel=1e-5)


def test_a_directed_generator_learns_to_generate_the_class_it_is_given(batch):
    model = small_model("directed-sen")
    assert model.num_condition_classes == model.label_classes == 4
    of_one = model.generate_codes(4, labels=[1] * 4)
    in_turn = model.generate_codes(4)
    np.testing.assert_allclose(of_one[1], in_turn[1], atol=1e-6)
    assert np.abs(of_one - in_turn)[[0, 2, 3]].max() > 1e-4
    with pytest.raises(DataError, match="4 whole numbers from 0 to 3"):
        model.generate(4, labels=[0, 1, 2, 4])
    loss, terms = model.generation(batch, training=False)
    total = float(numpy(terms["generation"])) + float(numpy(terms["condition_loss"]))
    assert float(numpy(loss)) == pytest.approx(total, rel=1e-5)
    with pytest.raises(RecipeError, match="generator None"):
        small_model("directed-sen", fake_path="random")
    with pytest.raises(DataError, match="labels"):
        small_model("sen").generate(4, labels=[0] * 4)


def test_the_detector_alone_recovers_features(batch):
    model = small_model("feature-sen")
    assert model.num_condition_classes == model.detector.output_shape[-1] == 3
    assert {n.name for n in model.generator_networks()} == {"generator", "detector"}
    loss, terms = model.generation(batch, training=False)
    names = ("generation", "condition_loss", "min_entropy")
    total = sum(float(numpy(terms[name])) for name in names)
    assert float(numpy(loss)) == pytest.approx(total, rel=1e-5)
    logits = numpy(model.detector(model.encoder(batch.x)))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    unsure = -np.log(p.max(axis=1)).mean()
    assert float(numpy(terms["min_entropy"])) == pytest.approx(unsure, rel=1e-4)


def test_the_classifier_learns_from_labels_alone(toy_images):
    model = small_model("classifying-sen", optimizer=keras.optimizers.Adam(0.02))
    assert model.batches[-1] == "labeled"
    x, y = toy_images
    probabilities = model.class_probabilities(x)
    assert probabilities.shape == (70, 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(model.classify(x), probabilities.argmax(axis=1))


def test_only_square_images_can_be_turned():
    with pytest.raises(RecipeError, match="'dihedral'.*6x8.*moves"):
        small = {"network": "dense", "hidden_units": [4], "latent_dim": 2}
        build_model("sen", (6, 8, 1), **small)
