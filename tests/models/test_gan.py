"""GANs: their game, its schedule and its statistics, critics, and how they begin."""

import keras
import numpy as np
import pytest
from families import SHAPE, small_model
from keras import layers, ops

from keras_aae.engine import Batch
from keras_aae.engine.backend import engine
from keras_aae.errors import KerasAAEError, RecipeError
from keras_aae.models import GAN
from keras_aae.training.build import build_model

GAME = ("discrimination", "generation", "probability_real", "probability_fake")


def numpy(tensor):
    return np.array(ops.convert_to_numpy(tensor))


def values(terms):
    return {name: float(numpy(value)) for name, value in terms.items()}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.fixture(scope="module")
def batch(toy_images):
    x = toy_images[0][:16].astype("float32") / 255
    return Batch(ops.convert_to_tensor(x))


def flat_model(kernel=None, **options):
    """A generator of one dense layer, and a linear discriminator of pixels."""
    z = keras.Input((2,))
    generator = keras.Model(z, layers.Reshape(SHAPE)(layers.Dense(64)(z)))
    x = keras.Input(SHAPE)
    logit = layers.Dense(1, use_bias=False)(layers.Flatten()(x))
    model = GAN(generator, keras.Model(x, logit), **options)
    if kernel is not None:
        model.discriminator.set_weights([kernel])
    return model


def outputs_by_hand(model, batch):
    """Logits of the images and of the first that the model will generate."""
    state = numpy(model.seed_generator.state)
    z = numpy(model.prior.sample(16, model.seed_generator))
    model.seed_generator.state.assign(state)
    fake, real = model.decode(z), numpy(batch.x)
    return [
        numpy(model.discriminator_logits(ops.convert_to_tensor(x))[0])
        for x in (real, fake)
    ]


def test_the_game_has_the_losses_of_the_paper(batch):
    model = flat_model(label_smoothing=0.1)
    real, fake = outputs_by_hand(model, batch)
    p, q = sigmoid(real), sigmoid(fake)
    loss, terms = model.discrimination(batch, training=False)
    expected = -np.mean(0.9 * np.log(p) + 0.1 * np.log(1 - p)) - np.mean(np.log(1 - q))
    assert float(numpy(loss)) == pytest.approx(expected, rel=1e-4)
    assert values(terms) == pytest.approx(
        {
            "discrimination": expected,
            "probability_real": p.mean(),
            "probability_fake": q.mean(),
        },
        rel=1e-4,
    )
    for name, sign, of in (("non-saturating", -1, q), ("minimax", 1, 1 - q)):
        model = flat_model(loss=name, kernel=model.discriminator.get_weights()[0])
        _, fake = outputs_by_hand(model, batch)
        of = sigmoid(fake) if name == "non-saturating" else 1 - sigmoid(fake)
        loss, _ = model.generation(batch, training=False)
        assert float(numpy(loss)) == pytest.approx(sign * np.log(of).mean(), rel=1e-4)


def test_a_linear_critic_has_the_slope_that_it_has(batch):
    kernel = np.random.default_rng(0).normal(size=(64, 1)).astype("float32")
    model = flat_model(kernel, loss="wasserstein", gradient_penalty_weight=3.0)
    real, fake = outputs_by_hand(model, batch)
    loss, terms = model.critic_loss(batch, training=False)
    distance, penalty = (
        real.mean() - fake.mean(),
        (np.linalg.norm(kernel) - 1) ** 2,
    )
    assert values(terms) == pytest.approx(
        {
            "discrimination": 3 * penalty - distance,
            "wasserstein_distance": distance,
            "gradient_penalty": penalty,
        },
        rel=1e-4,
    )
    assert model.discriminate(numpy(batch.x)) == pytest.approx(real[:, 0], abs=1e-4)


def test_the_penalty_has_a_gradient_for_the_critics_weights(batch):
    kernel = np.random.default_rng(0).normal(size=(64, 1)).astype("float32")
    model = flat_model(kernel, loss="wasserstein")

    def objective():
        return model.gradient_penalty(batch.x, batch.x, training=True), {}

    _, _, (found,) = engine.gradients(
        model, objective, model.discriminator.trainable_variables
    )
    norm = np.linalg.norm(kernel)
    expected = 2 * (norm - 1) * kernel / norm
    np.testing.assert_allclose(numpy(found), expected, rtol=1e-4)


def test_a_slope_is_a_function_of_the_weights_and_a_gradient_is_a_constant(batch):
    kernel = np.random.default_rng(1).normal(size=(64, 1)).astype("float32")
    model = flat_model(kernel)
    variables = model.discriminator.trainable_variables
    for moves in (True, False):

        def objective(moves=moves):
            x = batch.x
            slope = engine.input_gradient(
                model,
                lambda x: ops.sum(model.discriminator_logits(x)[0]),
                x,
                create_graph=moves,
            )
            # Something of the weights, so that there is always a gradient to take.
            return ops.sum(slope) + 0.0 * ops.sum(variables[0].value), {}

        loss, _, (found,) = engine.gradients(model, objective, variables)
        assert float(numpy(loss)) == pytest.approx(16 * kernel.sum(), rel=1e-4)
        np.testing.assert_allclose(numpy(found), 16.0 * moves)


def one_step(model, x):
    block = {"images": Batch(x[None, :16])}
    engine.compile_chunk(model, model.training_step, "steps")(block, 1)


def test_the_generator_learns_twice_for_every_time_that_the_discriminator_does(
    toy_images,
):
    model = flat_model(generator_steps=2)
    model.compile("sgd")
    assert [phase.name for phase in model.phases()] == [
        "discrimination", "generation", "generation",
    ]  # fmt: skip
    one_step(model, toy_images[0])
    updates = {name: int(model.optimizer[name].iterations) for name in GAME[:2]}
    assert updates == {"discrimination": 1, "generation": 2}


def test_generation_leaves_the_discriminators_statistics_alone(batch):
    model = small_model("gan")
    before = [numpy(w) for w in model.discriminator.non_trainable_weights]
    for phase, moves in ((model.generation, False), (model.discrimination, True)):
        engine.gradients(
            model,
            lambda phase=phase: phase(batch, training=True),
            model.trainable_variables,
        )
        after = [numpy(w) for w in model.discriminator.non_trainable_weights]
        changed = [
            not np.array_equal(*pair) for pair in zip(before, after, strict=True)
        ]
        assert before and changed == [moves] * len(before)


def test_features_are_matched_on_the_means_of_the_batch(batch):
    model = small_model("gan", feature_matching_weight=0.5)
    assert model.terms == (*GAME, "feature_matching")
    state = numpy(model.seed_generator.state)
    fake = model.fakes(batch, training=False)
    model.seed_generator.state.assign(state)
    means = [
        numpy(model.discriminator_logits(x)[1]).mean(axis=0) for x in (batch.x, fake)
    ]
    loss, terms = model.generation(batch, training=False)
    found = values({"loss": loss, **terms})
    expected = np.sum((means[0] - means[1]) ** 2)
    assert found["feature_matching"] == pytest.approx(expected, rel=1e-3)
    assert found["loss"] == pytest.approx(found["generation"] + expected / 2, rel=1e-3)


def test_a_critic_has_no_batch_normalization():
    model = small_model("gan", loss="wasserstein", discriminator_steps=2)
    kinds = {type(layer) for layer in model.discriminator.layers}
    assert layers.BatchNormalization not in kinds
    assert model.terms == (*GAME[:2], "wasserstein_distance", "gradient_penalty")
    normalized = small_model("gan")
    with pytest.raises(RecipeError, match="'wasserstein'.*batch normalization"):
        GAN(normalized.generator, normalized.discriminator, loss="wasserstein")


def test_images_of_any_size_are_made_and_judged():
    for shape in ((7, 10, 3), (16, 16, 1)):
        model = build_model("gan", shape, generator_filters=[8, 4], latent_dim=5)
        images = model.generate(3)
        assert images.shape == (3, *shape) and model.latent_dim == 5
        assert model.discriminate(images).shape == (3,)


def test_too_large_kernels_show_at_once():
    stddevs = {}
    for stddev in (0.02, 0.2, None):
        model = small_model("gan", init_stddev=stddev)
        kernels = [w for w in model.generator.trainable_weights if w.name == "kernel"]
        stddevs[stddev] = max(float(numpy(w).std()) for w in kernels)
    assert stddevs[0.02] < 0.03 < 0.1 < stddevs[0.2] < 0.22
    assert 0.03 < stddevs[None]


def test_a_discriminator_that_wins_is_complained_of():
    model = flat_model()
    (text,) = model.warnings_from(
        {"probability_real": 0.99, "probability_fake": 0.01}
    ).values()
    assert "discriminator dominates" in text and "0.990" in text
    assert not model.warnings_from({"probability_real": 0.99, "probability_fake": 0.3})
    assert not flat_model(loss="wasserstein").warnings_from(
        {"wasserstein_distance": 9.0}
    )


@pytest.mark.parametrize(
    "options, message",
    [
        ({"loss": "wassersteins"}, "Did you mean 'wasserstein'"),
        ({"prior": "mixture"}, "Invalid prior 'mixture'"),
        ({"generator_steps": 0}, "Invalid generator_steps"),
        ({"label_smoothing": 1.0}, "Invalid label_smoothing"),
        ({"init_stddev": -0.1}, "Invalid init_stddev"),
        ({"generator_filters": []}, "Expected a list of at least 1"),
        ({"hidden_units": [3]}, "Unknown recipe value 'hidden_units'"),
    ],
)
def test_options_without_meaning_are_refused(options, message):
    with pytest.raises(KerasAAEError, match=message):
        build_model("gan", SHAPE, **options)


def test_matching_needs_features():
    with pytest.raises(RecipeError, match=r"\[logit, features\]"):
        flat_model(feature_matching_weight=0.1)
