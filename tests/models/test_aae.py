"""Adversarial and Wasserstein autoencoders: their games, posteriors, labels and health."""

import keras
import numpy as np
import pytest
from families import SHAPE, small_model
from keras import layers, ops

from keras_aae.data import Images
from keras_aae.engine import Batch, BatchLoader
from keras_aae.engine.backend import engine
from keras_aae.engine.loop import Progress, TrainingLoop
from keras_aae.errors import DataError, KerasAAEError, RecipeError, UnsupportedError
from keras_aae.losses.distances import mmd
from keras_aae.models import AAE, LabeledAAE
from keras_aae.training.build import build_model
from keras_aae.transforms.augmentations import AUGMENTATIONS

FLAT = {"latent_dim": 2, "discriminator_units": [8]}


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def values(terms):
    return {name: float(numpy(value)) for name, value in terms.items()}


@pytest.fixture(scope="module")
def batch(toy_images):
    """16 images as a phase sees them."""
    x, y = toy_images
    x, y = x[:16].astype("float32") / 255, y[:16].astype("int32")
    return Batch(ops.convert_to_tensor(x), ops.convert_to_tensor(y))


def step(model, toy_images, labeled=None):
    """One step on the first 16 images: the terms that it logs."""
    x, y = (rows[None, :16] for rows in toy_images)
    block = {name: Batch(x, y) for name in model.batches}
    model.reset_metrics()
    engine.compile_chunk(model, model.training_step, "steps")(block, 1)
    return {t.name: float(numpy(t.result())) for t in model.metrics}


def rates(**by_phase):
    return {name: keras.optimizers.SGD(rate) for name, rate in by_phase.items()}


def mean_log(p):
    return np.log(np.asarray(p, float)).mean()


def state_of(model):
    return np.array(numpy(model.seed_generator.state))


def prior_samples(model, state, n=16):
    """What the model drew from its prior first, from this state of its generator on."""
    model.seed_generator.state.assign(state)
    return numpy(model.prior.sample(n, model.seed_generator))


def test_the_encoder_plays_against_the_discriminator_as_just_updated(toy_images):
    model = small_model(
        "aae",
        # The last phase moves nothing, so its networks can be looked at afterwards.
        optimizer=rates(reconstruction=0.02, discrimination=0.5, regularization=0.0),
        **FLAT,
    )
    assert [phase.name for phase in model.phases()] == [
        "reconstruction", "discrimination", "regularization",
    ]  # fmt: skip
    x, state = toy_images[0][:16], state_of(model)
    codes_before = model.encode(x)
    discriminator_before = model.discriminator.get_weights()
    logged = step(model, toy_images)
    codes = model.encode(x)
    assert np.abs(codes - codes_before).max() > 0.01

    after = -mean_log(model.discriminate(codes))
    z_prior = prior_samples(model, state)
    model.discriminator.set_weights(discriminator_before)
    before = -mean_log(model.discriminate(codes))
    assert abs(after - before) > 0.01
    assert logged["regularization"] == pytest.approx(after, rel=1e-4)

    # The discriminator, as it was, saw the codes of the encoder as just updated.
    real, fake = model.discriminate(z_prior), model.discriminate(codes)
    loss = -mean_log(real) - mean_log(1 - fake)
    stale = -mean_log(real) - mean_log(1 - model.discriminate(codes_before))
    assert abs(loss - stale) > 1e-3
    assert logged["discrimination"] == pytest.approx(loss, rel=1e-4)
    assert logged["discriminator_accuracy_prior"] == pytest.approx((real > 0.5).mean())
    assert logged["discriminator_accuracy_codes"] == pytest.approx((fake < 0.5).mean())


def test_the_encoder_alone_follows_the_slope_of_its_loss(toy_images):
    optimizer = rates(reconstruction=0.0, discrimination=0.0, regularization=0.01)
    model = small_model("aae", optimizer=optimizer, regularization_weight=3.0, **FLAT)
    x = toy_images[0][:16]
    weights, first = model.encoder.get_weights(), step(model, toy_images)
    moved = [b - a for a, b in zip(weights, model.encoder.get_weights(), strict=True)]
    second = -mean_log(model.discriminate(model.encode(x)))
    # One step of gradient descent changes the loss by -||step||^2 / (rate weight).
    expected = -sum((m**2).sum() for m in moved) / (0.01 * 3)
    change = second - first["regularization"]
    assert change == pytest.approx(expected, rel=0.1) and change < -1e-4


def test_the_joint_form_has_one_phase_after_the_discriminator(toy_images):
    optimizer = rates(reconstruction=0.0, discrimination=0.5)
    options = {"joint": True, "regularization_weight": 10.0, "optimizer": optimizer}
    model = small_model("aae", **options, **FLAT)
    phases = model.phases()
    assert [phase.name for phase in phases] == ["discrimination", "reconstruction"]
    assert phases[1].networks == (model.encoder, model.decoder)
    logged = step(model, toy_images)
    x = toy_images[0][:16]
    expected = -mean_log(model.discriminate(model.encode(x)))
    assert logged["regularization"] == pytest.approx(expected, rel=1e-4)
    total = logged["reconstruction_loss"] + 10 * logged["regularization"]
    assert logged["loss"] == pytest.approx(total + logged["discrimination"], rel=1e-4)


def test_separate_updates_are_two_of_the_same_game(toy_images):
    still = rates(reconstruction=0.0, discrimination=0.0, regularization=0.0)
    models = [
        small_model("aae", optimizer=still, separate_updates=separate, **FLAT)
        for separate in (False, True)
    ]
    together, apart = (step(model, toy_images) for model in models)
    for name in models[0].terms:
        assert apart[name] == pytest.approx(together[name], rel=1e-5), name
    for model, updates in zip(models, (1, 2), strict=True):
        optimizers = model.optimizer.optimizers
        counts = {k: int(numpy(v.iterations)) for k, v in optimizers.items()}
        once = {"reconstruction": 1, "regularization": 1}
        assert counts == {**once, "discrimination": updates}


@pytest.fixture(scope="module")
def aae():
    return small_model("aae", **FLAT)


def test_noise_on_what_the_discriminator_sees_is_for_training_only(aae, batch):
    noisy = small_model("aae", discriminator_noise=2.0, **FLAT)
    z = numpy(aae.sample_codes_tensor(batch.x, False))
    np.testing.assert_array_equal(noisy.discriminate(z), aae.discriminate(z))
    quiet, blurred = (values(m.regularization(batch, False)[1]) for m in (aae, noisy))
    assert quiet == blurred
    first, second = (values(noisy.regularization(batch, True)[1]) for _ in range(2))
    assert first != second
    seen = numpy(noisy.blurred(ops.zeros((2000, 2)), training=True))
    assert seen.std() == pytest.approx(2.0, rel=0.1)


def test_smoothing_changes_the_loss_on_the_prior_alone(batch):
    plain = small_model("aae", **FLAT)
    smooth = small_model("aae", label_smoothing=0.2, **FLAT)
    first, second = (values(m.discrimination(batch, True)[1]) for m in (plain, smooth))
    assert first["discrimination"] != second["discrimination"]
    assert {**first, "discrimination": 0} == {**second, "discrimination": 0}
    first, second = (values(m.regularization(batch, True)[1]) for m in (plain, smooth))
    assert first == second


def test_minimax_is_the_discriminators_own_loss_turned_round(aae, batch):
    model = small_model("aae", generator_loss="minimax", **FLAT)
    d = model.discriminate(numpy(model.sample_codes_tensor(batch.x, False)))
    found = values(model.regularization(batch, False)[1])["regularization"]
    assert found == pytest.approx(mean_log(1 - d), rel=1e-4)
    other = values(aae.regularization(batch, False)[1])["regularization"]
    assert other == pytest.approx(-mean_log(d), rel=1e-4)


@pytest.fixture(scope="module", params=["deterministic", "gaussian", "noise"])
def posterior(request):
    return small_model("aae", posterior=request.param, noise_dim=5, **FLAT)


def test_posteriors_draw_codes_and_encode_without_chance(posterior, toy_images, batch):
    model, x = posterior, toy_images[0]
    widths = {"deterministic": 0, "gaussian": 2, "noise": 5}
    assert model.noise_width == widths[model.posterior_name]
    np.testing.assert_array_equal(model.encode(x), model.encode(x))
    drawn = model.sample_codes(x, seed=1)
    assert drawn.shape == (70, 2)
    np.testing.assert_array_equal(drawn, model.sample_codes(x, seed=1))
    chance = model.noise_width > 0
    assert np.array_equal(drawn, model.sample_codes(x, seed=2)) != chance
    assert np.allclose(drawn, model.encode(x), atol=1e-6) != chance
    for training in (True, False):
        first, second = (
            numpy(model.sample_codes_tensor(batch.x, training)) for _ in range(2)
        )
        assert np.array_equal(first, second) != chance


def test_the_noise_of_a_posterior_is_what_its_formula_says(posterior, batch):
    model, name = posterior, posterior.posterior_name
    if name == "deterministic":
        np.testing.assert_array_equal(
            numpy(model.sample_codes_tensor(batch.x, True)),
            numpy(model.encode_tensor(batch.x)),
        )
        return
    ones = ops.ones((16, model.noise_width))
    moved = numpy(model.encode_with_noise(batch.x, ones)) - numpy(
        model.encode_tensor(batch.x)
    )
    if name == "gaussian":
        _, log_var = model.encoder(batch.x)
        np.testing.assert_allclose(moved, np.exp(numpy(log_var) / 2), rtol=1e-4)
    else:
        zeros = numpy(model.encoder([batch.x, ops.zeros((16, 5))]))
        np.testing.assert_allclose(
            numpy(model.encode_tensor(batch.x)), zeros, atol=1e-6
        )
        assert np.abs(moved).max() > 1e-3


def test_pixel_noise_is_for_training_only(batch):
    model = small_model("aae", input_noise=0.5, **FLAT)
    assert model.pixel_noise and not small_model("wae").pixel_noise
    assert model.corrupted(batch.x, training=False) is batch.x
    added = numpy(model.corrupted(batch.x, training=True)) - numpy(batch.x)
    assert added.std() == pytest.approx(0.5, rel=0.1)
    assert added.mean() == pytest.approx(0, abs=0.05)


class OfLabel(layers.Layer):
    """A logit that depends on the class alone: told[k] of class k."""

    def __init__(self, label):
        super().__init__()
        self.label = label

    def call(self, one_hot):
        return ops.matmul(
            one_hot, ops.reshape(ops.convert_to_tensor(self.label), (-1, 1))
        )


def test_every_phase_of_a_step_sees_the_same_augmented_images(toy_images, monkeypatch):
    seen = []

    def darker(x, seed):
        seen.append(seed)
        return x * 0.0

    monkeypatch.setitem(AUGMENTATIONS, "moves", darker)
    model = small_model("aae", **FLAT, augmentation="moves")
    black = np.zeros((16, *SHAPE), "float32")
    expected = model.reconstruction(Batch(ops.convert_to_tensor(black)), False)[0]
    of_a_step = step(model, toy_images)["reconstruction_loss"]
    np.testing.assert_allclose(of_a_step, float(numpy(expected)), rtol=1e-4)
    assert len(seen) == 1 and seen[0] is model.seed_generator
    x = ops.convert_to_tensor(toy_images[0][:16].astype("float32") / 255)
    model.reset_metrics()
    tested = model.testing_step({"images": Batch(x)})["reconstruction_loss"]
    assert abs(float(numpy(tested)) - of_a_step) > 1  # of images as they are


@pytest.fixture(scope="module")
def labeled():
    model = small_model("labeled-aae")
    z, classes = keras.Input((2,)), keras.Input((5,))
    label = OfLabel(np.linspace(-1, 1, 5, dtype="float32"))
    discriminator = keras.Model([z, classes], label(classes))
    return LabeledAAE(
        model.encoder, model.decoder, discriminator, prior="umbrella", components=4
    )


def test_a_discriminator_is_told_the_class_or_that_it_is_unknown(labeled):
    z, labels = np.zeros((6, 2), "float32"), np.array([0, 1, 2, 3, -1, 0])
    expected = 1 / (1 + np.exp([1, 0.5, 0, -0.5, -1, 1]))
    found = labeled.discriminate(z, labels)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(labeled.discriminate(z), expected[4], rtol=1e-5)
    logits = labeled.discriminator_logits(ops.convert_to_tensor(z))
    np.testing.assert_allclose(numpy(logits), 1, rtol=1e-5)


def test_images_are_held_against_the_petal_of_their_class(labeled):
    labels = np.repeat(np.arange(-1, 4), 400)
    x = ops.zeros((2000, 1, 1, 1))
    batch = Batch(x, ops.convert_to_tensor(labels.astype("int32")))
    z = numpy(labeled.sample_prior(batch))
    petals = labeled.prior.classify(z)
    known = labels >= 0
    # Petals of four hardly overlap.
    assert (petals[known] == labels[known]).mean() > 0.97
    counts = np.bincount(petals[~known], minlength=4)
    assert (counts > 60).all()  # of 100 expected
    nobody = numpy(labeled.sample_prior(Batch(x, None)))
    assert (np.bincount(labeled.prior.classify(nobody)) > 400).all()


def test_labels_reach_every_phase_of_the_labeled_game(labeled, batch):
    z = labeled.sample_codes_tensor(batch.x, False)
    of_labels = float(numpy(labeled.penalty(z, batch.labels, False)))
    label = np.linspace(-1, 1, 5)[numpy(batch.labels)]
    assert of_labels == pytest.approx(np.log1p(np.exp(-label)).mean(), rel=1e-5)
    terms = values(labeled.discrimination(batch, False)[1])
    expected = np.log1p(np.exp(-label)).mean() + np.log1p(np.exp(label)).mean()
    assert terms["discrimination"] == pytest.approx(expected, rel=1e-5)
    with pytest.raises(RecipeError, match="Invalid prior 'normal'.*umbrella"):
        small_model("labeled-aae", prior="normal")


def test_a_supervised_decoder_wants_classes(toy_images):
    model, codes = small_model("supervised-aae"), np.zeros((2, 3))
    assert model.classes == 4 and model.latent_dim == 3
    first, second = model.decode(codes, [0, 1])
    assert np.abs(first - second).max() > 1e-3
    with pytest.raises(UnsupportedError, match="labels="):
        model.decode(codes)
    for labels in ([0, 4], [-1, 0], [0], [0.0, 1.0]):
        with pytest.raises(DataError, match="2 whole numbers from 0 to 3"):
            model.decode(codes, labels)
    chosen = model.generate(8, seed=1, labels=[2] * 8)
    in_turn = model.generate(8, seed=1)
    np.testing.assert_allclose(chosen[[2, 6]], in_turn[[2, 6]], atol=1e-6)
    assert np.abs(chosen[0] - in_turn[0]).max() > 1e-3
    assert model.encode(toy_images[0]).shape == (70, 3)


def test_a_conditional_discriminator_learns_with_and_without_the_class():
    plain = small_model("supervised-aae")
    assert plain.num_condition_classes == 0
    with pytest.raises(DataError, match="Invalid labels"):
        plain.discriminate(np.zeros((2, 3)), [0, 1])
    model = small_model("supervised-aae", conditional_discriminator=True)
    assert model.num_condition_classes == 4
    z, labels = ops.zeros((400, 3)), ops.ones((400,), "int32")
    of_class, of_none = (
        float(numpy(model.discriminator_logits(z[:1], y))[0, 0])
        for y in (labels[:1], None)
    )
    assert abs(of_class - of_none) > 1e-3
    np.testing.assert_allclose(
        numpy(model.discriminator_logits(z, labels)), of_class, atol=1e-6
    )
    label = np.isclose(
        numpy(model.discriminator_logits(z, labels, training=True))[:, 0],
        of_class,
        atol=1e-6,
    )
    assert 150 < label.sum() < 250
    np.testing.assert_allclose(
        numpy(model.discriminator_logits(z, None, training=True)), of_none, atol=1e-6
    )


@pytest.fixture(scope="module")
def semi_supervised(toy_images):
    """Trained on 56 images with the labels of two of each class."""
    model = small_model(
        "semi-supervised-aae", latent_dim=2, hidden_units=[32],
        discriminator_units=[16], optimizer=keras.optimizers.Adam(0.005),
    )  # fmt: skip
    images = Images(*toy_images).subset(np.arange(56))
    few = np.arange(8)
    loader = BatchLoader(
        images.with_labels_at(few), 14, model.batches, labeled=images.subset(few)
    )
    loop = TrainingLoop(model, loader, epochs=20, execution="graph")
    loop.run(Progress(), lambda: None, lambda row: None)
    return model


def test_few_labels_suffice_where_classes_are_clear(semi_supervised, toy_images):
    x, y = (rows[56:] for rows in toy_images)
    found = semi_supervised.classify(x)
    assert found.shape == (14,) and (found == y).mean() >= 0.85
    probabilities = semi_supervised.class_probabilities(x)
    assert probabilities.shape == (14, 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), found)


def test_the_classification_phase_is_of_the_encoder_and_of_labeled_images(
    semi_supervised, toy_images
):
    model, (x, y) = semi_supervised, toy_images
    (phase,) = [phase for phase in model.phases() if phase.batch is not None]
    assert phase.name == "classification" and phase.batch == "labeled"
    assert phase.networks == (model.encoder,)
    assert model.batches == ("images", "labeled") and model.uses_labels
    wrong = (y[:8] + 1) % 4
    block = {
        "images": Batch(x[None, :16], np.full((1, 16), -1, "int32")),
        "labeled": Batch(x[None, :8], wrong[None].astype("int32")),
    }
    model.reset_metrics()
    engine.compile_chunk(model, model.testing_step, "steps")(block, 1)
    terms = {t.name: float(numpy(t.result())) for t in model.metrics}
    probabilities = model.class_probabilities(x[:8]).astype(float)
    expected = -np.log(probabilities[np.arange(8), wrong]).mean()
    assert terms["classification"] == pytest.approx(expected, rel=1e-3)
    missed = (model.classify(x[:8]) != wrong).mean()
    assert terms["classification_error"] == pytest.approx(missed, abs=1e-6)
    assert np.isfinite(list(terms.values())).all()


def test_categories_and_styles_are_decoded_together(semi_supervised, toy_images):
    model, (x, _) = semi_supervised, toy_images
    styles, y = model.encode(x[:8]), model.class_probabilities(x[:8])
    assert styles.shape == (8, 2)
    tensors = (ops.convert_to_tensor(a) for a in (y, styles))
    expected = numpy(ops.sigmoid(model.decoder_logits(*tensors)))
    np.testing.assert_allclose(model.reconstruct(x[:8]), expected, atol=1e-5)
    first, second = (model.decode(styles, np.full(8, k)) for k in (0, 3))
    assert np.abs(first - second).max() > 0.01


@pytest.mark.parametrize("name", ["clustering-aae", "reduction-aae"])
def test_clusters_are_categories_without_labels(name, toy_images):
    model, (x, _) = small_model(name, classes=6), toy_images
    assert not model.uses_labels and model.batches == ("images",)
    probabilities = model.class_probabilities(x)
    assert probabilities.shape == (70, 6)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(model.classify(x), probabilities.argmax(axis=1))
    assert model.encode(x).shape == (70, 3)


def test_normalized_codes_have_mean_0_and_variance_1_over_the_batch(batch):
    model = small_model("clustering-aae", normalized_codes=True)
    codes = numpy(model.encoder(batch.x, training=True))
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=1e-4)
    # Some codes vary so little before training that the layer's epsilon counts.
    np.testing.assert_allclose(codes.var(axis=0), 1, rtol=0.2)
    # One image alone is normalized as the images that were trained on.
    alone = numpy(model.encoder(batch.x[:1], training=False))
    assert np.abs(alone).max() > 0.01


def test_running_averages_are_of_images_as_they_are(batch):
    options = {"network": "dense-bn", "normalized_codes": True, "radius": 1.0}
    model = small_model("semi-supervised-aae", **options)
    averages = model.encoder.non_trainable_variables
    before = [numpy(v).copy() for v in averages]
    for phase in (model.smoothing, model.classification):
        loss, _ = phase(batch, True)
        assert np.isfinite(float(numpy(loss)))
    for old, v in zip(before, averages, strict=True):
        np.testing.assert_array_equal(old, numpy(v))
    model.regularization(batch, True)
    assert all((numpy(v) != old).any() for old, v in zip(before, averages, strict=True))


def test_sharpness_makes_categories_surer(batch):
    plain, sharp = (small_model("clustering-aae", sharpness=s) for s in (1.0, 3.0))
    logits, z = plain.split_codes(batch.x)
    expected = numpy(ops.softmax(3 * logits))
    y, same_z = sharp.category_and_style(batch.x, False)
    np.testing.assert_allclose(numpy(y), expected, rtol=1e-4)
    np.testing.assert_allclose(numpy(same_z), numpy(z), rtol=1e-5)


def test_the_game_of_categories_is_a_sum_of_two(batch):
    model = small_model("clustering-aae", discriminator_units=[8])
    y, z = model.category_and_style(batch.x, False)
    fake_y, fake_z = model.category_discriminator(y), model.style_discriminator(z)
    terms = values(model.regularization(batch, False)[1])
    expected = -sum(mean_log(numpy(ops.sigmoid(logits))) for logits in (fake_y, fake_z))
    assert terms["regularization"] == pytest.approx(expected, rel=1e-4)
    terms = values(model.discrimination(batch, False)[1])
    right = {
        "discriminator_accuracy_categories": fake_y,
        "discriminator_accuracy_codes": fake_z,
    }
    for name, logits in right.items():
        assert terms[name] == pytest.approx((numpy(logits) < 0).mean()), name


def test_smoothing_is_a_phase_or_a_part_of_regularization(batch):
    plain = small_model("clustering-aae")
    assert "smoothing" not in {*plain.terms, *(phase.name for phase in plain.phases())}
    apart = small_model("clustering-aae", radius=1.0)
    *_, phase = apart.phases()
    assert phase.name in apart.terms and phase.networks == (apart.encoder,)
    options = {"radius": 1.0, "joint_smoothing": True, "regularization_weight": 3.0}
    joint = small_model("clustering-aae", **options)
    assert [p.name for p in joint.phases()] == [p.name for p in plain.phases()]
    loss, terms = joint.regularization(batch, False)
    terms = values(terms)
    expected = 3 * terms["regularization"] + terms["smoothing"]
    assert float(numpy(loss)) == pytest.approx(expected, rel=1e-5)


def test_smoothing_looks_for_the_direction_that_changes_the_category_most(batch):
    model = small_model("clustering-aae", radius=1.0, sharpness=1.0)

    def divergence(r):
        p, q = (numpy(ops.softmax(model.split_codes(x)[0])) for x in (x0, x0 + r))
        return (p * np.log(p / q)).sum(axis=1).mean()

    x0, rng = batch.x, np.random.default_rng(0)
    anywhere = []
    for _ in range(10):
        r = rng.standard_normal(x0.shape).astype("float32")
        length = np.linalg.norm(r.reshape(16, -1), axis=1)
        anywhere.append(
            divergence(ops.convert_to_tensor(r / length[:, None, None, None]))
        )
    worst = values(model.smoothing(batch, False)[1])["smoothing"]
    assert worst > 1.5 * max(anywhere) > 0
    half = small_model("clustering-aae", radius=0.5, sharpness=1.0)
    # The KL is quadratic in a small change.
    shorter = values(half.smoothing(batch, False)[1])["smoothing"]
    assert shorter == pytest.approx(worst / 4, rel=0.3)


@pytest.fixture(scope="module")
def reduction():
    return small_model("reduction-aae", latent_dim=2, head_distance=20.0)


def test_a_code_is_the_place_of_its_head_and_the_style(reduction, toy_images, batch):
    heads = reduction.head_positions
    assert heads.shape == (4, 2)
    y, z = (numpy(part) for part in reduction.category_and_style(batch.x, False))
    codes = reduction.encode(toy_images[0][:16])
    np.testing.assert_allclose(codes, y @ heads + z, atol=1e-5)
    styles = reduction.sample_codes(toy_images[0][:16])
    np.testing.assert_allclose(styles, z, atol=1e-5)
    images = reduction.reconstruct(toy_images[0][:16])
    np.testing.assert_allclose(images, reduction.decode(codes), atol=1e-5)


def test_heads_crowd_where_they_are_nearer_than_they_should_be(reduction, batch):
    heads = reduction.head_positions.astype(float)
    near = [
        max(0, 20 - np.linalg.norm(heads[i] - heads[j]))
        for i in range(4)
        for j in range(i)
    ]
    assert 0 < np.count_nonzero(near) and min(near) < 20
    loss, terms = reduction.reconstruction(batch, False)
    terms = values(terms)
    assert terms["head_separation"] == pytest.approx(sum(near), rel=1e-4)
    total = terms["reconstruction_loss"] + terms["head_separation"]
    assert float(numpy(loss)) == pytest.approx(total, rel=1e-5)
    apart = np.array([[90, 0], [-90, 0], [0, 90], [0, 70.5]])
    reduction.head_layer.set_weights([apart])
    assert float(numpy(reduction.head_separation())) == pytest.approx(0.5, rel=1e-4)
    reduction.head_layer.set_weights([heads])


def test_a_reduction_has_no_prior_in_closed_form_and_draws_of_its_heads(reduction):
    assert reduction.prior is None
    images = reduction.generate(6, seed=1)
    np.testing.assert_array_equal(images, reduction.generate(6, seed=1))
    styles = numpy(reduction.matched_prior.sample(6, seed=1))
    codes = reduction.head_positions[[0, 1, 2, 3, 0, 1]] + styles
    np.testing.assert_allclose(images, reduction.decode(codes), atol=1e-5)


@pytest.mark.parametrize("kernel", ["imq", "rbf"])
def test_the_penalty_of_a_wae_is_the_mmd_of_codes_and_prior(kernel, batch):
    model = small_model("wae", kernel=kernel, regularization_weight=10.0)
    assert [phase.name for phase in model.phases()] == ["reconstruction"]
    state = state_of(model)
    loss, terms = model.regularized_reconstruction(batch, False)
    terms = values(terms)
    z_prior = ops.convert_to_tensor(prior_samples(model, state))
    z = model.encode_tensor(batch.x)
    expected = {name: float(numpy(mmd(z, z_prior, name))) for name in ("imq", "rbf")}
    assert terms["regularization"] == pytest.approx(expected[kernel], rel=1e-4)
    assert abs(expected["imq"] - expected["rbf"]) > 1e-3
    total = terms["reconstruction_loss"] + 10 * terms["regularization"]
    assert float(numpy(loss)) == pytest.approx(total, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("wae", {"kernel": "linear"}, KerasAAEError, "one of imq, rbf"),
        ("wae", {"posterior": "student"}, KerasAAEError, "deterministic, gaussian"),
        ("aae", {"generator_loss": "hinge"}, KerasAAEError, "non-saturating, minimax"),
        ("aae", {"loss": "l1"}, KerasAAEError, "bernoulli"),
        ("aae", {"label_smoothing": 1.0}, RecipeError, r"a number in \[0, 1\)"),
        ("aae", {"prior": "mixture"}, RecipeError, "Invalid prior 'mixture'"),
        ("aae", {"prior": "umbrella", "latent_dim": 3}, RecipeError, "Expected 2"),
        ("aae", {"prior": "ring"}, KerasAAEError, "one of normal"),
        ("aae", {"discriminator_units": [0]}, RecipeError, "whole number"),
        ("aae", {"noise_dim": 0, "posterior": "noise"}, RecipeError, "noise_dim"),
        ("clustering-aae", {"posterior": "gaussian"}, RecipeError, "posterior"),
        ("vae", {"normalized_codes": True}, RecipeError, "normalized_codes"),
    ],
)
def test_options_that_make_no_model_are_refused(name, options, error, message):
    with pytest.raises(error, match=message):
        build_model(name, SHAPE, **options)


HEALTHY = {
    "discriminator_accuracy_codes": 0.55, "discriminator_accuracy_prior": 0.99, "code_std_0": 1.0,
    "code_std_1": 0.4, "discriminator_accuracy_categories": 0.5, "discriminator_accuracy_category_prior": 0.6,
}  # fmt: skip
WON = {"discriminator_accuracy_codes": 0.96, "discriminator_accuracy_prior": 0.97}
CATEGORIES_WON = {
    "discriminator_accuracy_categories": 0.99,
    "discriminator_accuracy_category_prior": 1.0,
}


def test_models_complain_of_what_goes_wrong_and_of_nothing_else(aae, semi_supervised):
    for model in (aae, semi_supervised):
        assert model.warnings_from(HEALTHY) == {}
        (text,) = model.warnings_from(HEALTHY | {"code_std_1": 0.01}).values()
        assert "collapse" in text and "dimension 1" in text and "0.01" in text
        (text,) = model.warnings_from(HEALTHY | WON).values()
        assert "discriminator dominates" in text and "96%" in text and "97%" in text
    assert aae.warnings_from(HEALTHY | CATEGORIES_WON) == {}
    both = semi_supervised.warnings_from(HEALTHY | WON | CATEGORIES_WON)
    assert len(both) == 2 and any("99%" in text for text in both.values())
    wae = small_model("wae")
    assert wae.warnings_from({"code_std_0": 1.0}) == {}
    assert len(wae.warnings_from({"code_std_0": 0.0})) == 1


def test_health_measures_how_far_codes_are_from_the_prior(aae, toy_images):
    x = toy_images[0]
    diagnostics = aae.diagnostics(x)
    codes = aae.encode(x)
    assert set(diagnostics) == {
        "sliced_wasserstein", "mmd", "code_mean_0", "code_mean_1", "code_std_0",
        "code_std_1",
    }  # fmt: skip
    assert diagnostics == aae.diagnostics(x)
    found = [
        diagnostics[f"code_{name}"] for name in ("mean_0", "mean_1", "std_0", "std_1")
    ]
    expected = [*codes.mean(axis=0), *codes.std(axis=0)]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_codes_that_are_of_the_prior_are_the_healthiest(aae, monkeypatch):
    def diagnostics(shift=0.0, stretch=1.0):
        z = shift + stretch * numpy(aae.prior.sample(1000, seed=77))
        monkeypatch.setattr(AAE, "sample_codes", lambda self, x: z)
        return aae.diagnostics(None)

    best = diagnostics()
    assert best["sliced_wasserstein"] < 0.15 and abs(best["mmd"]) < 0.02
    assert best["code_mean_0"] == pytest.approx(0, abs=0.15)
    assert best["code_std_1"] == pytest.approx(1, abs=0.15)
    # Moved by 1, a code is on average 2 / pi farther in a random direction of the plane.
    moved = diagnostics(shift=np.array([1, 0], "float32"))
    assert moved["sliced_wasserstein"] == pytest.approx(2 / np.pi, rel=0.2)
    narrow = diagnostics(stretch=0.1)
    for worse in (moved, narrow):
        assert worse["mmd"] > 0.2 and worse["sliced_wasserstein"] > 0.5
    assert narrow["code_std_0"] == pytest.approx(0.1, rel=0.15)
