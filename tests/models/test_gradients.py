"""Gradients that are looked at: those that training uses, of a model left as it was."""

import keras
import numpy as np
import pytest
from families import family_class, small_model
from keras import ops

from keras_aae.data import Images
from keras_aae.engine import BatchLoader
from keras_aae.engine.backend import engine
from keras_aae.engine.gradients import first_batches, phase_gradients

FAMILIES = ("vae", "semi-supervised-aae", "directed-sen", "gan", "four-phases")


def loader_of(name, toy_images):
    x, y = toy_images
    images = Images(x, y)
    return BatchLoader(images, 12, family_class(name).batches, labeled=images)


def state(model):
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return [np.array(ops.convert_to_numpy(v)) for v in variables]


@pytest.mark.parametrize("name", FAMILIES)
def test_looking_at_gradients_changes_nothing(name, toy_images):
    model = small_model(name)
    batches = first_batches(loader_of(name, toy_images))
    before = state(model)
    first, second = phase_gradients(model, batches), phase_gradients(model, batches)
    for old, new in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(old, new)
    for phase, pairs in first.items():
        for (variable, one), (_, other) in zip(pairs, second[phase], strict=True):
            assert one.shape == variable.shape and np.isfinite(one).all()
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_first_phase_moves_its_variables_by_its_gradient(name, toy_images):
    model = small_model(name, optimizer=keras.optimizers.SGD(1.0))
    loader, phase = loader_of(name, toy_images), model.phases()[0]
    pairs = next(iter(phase_gradients(model, first_batches(loader)).values()))
    assert [variable for variable, _ in pairs] == phase.variables
    before = [np.array(ops.convert_to_numpy(v)) for v in phase.variables]
    model.phases = lambda: [phase]
    run = engine.compile_chunk(model, model.training_step, "steps")
    run(loader.block(0, 0, 1, 1), 1)
    for old, (variable, gradient) in zip(before, pairs, strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(variable), old - gradient, rtol=1e-4, atol=1e-6
        )


def test_objectives_that_share_an_optimizer_are_numbered(toy_images):
    model = small_model("sen")
    gradients = phase_gradients(model, first_batches(loader_of("sen", toy_images)))
    assert list(gradients) == [
        "autoencoding", "autoencoding 2", "generation", "discrimination",
    ]  # fmt: skip
