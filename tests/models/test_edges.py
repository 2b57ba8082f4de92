"""Inputs and outputs at their extremes: every objective and gradient stays a number."""

import keras
import numpy as np
import pytest
from families import FAMILIES, SHAPE, family_class, small_model
from keras import layers, ops

from keras_aae.data import Images
from keras_aae.engine import BatchLoader
from keras_aae.engine.gradients import first_batches, phase_gradients, unchanged

CONSTANT = {"black": 0, "white": 255, "gray": 128}
# exp(80) is the last that float32 holds twice over; logits have no end.
EXTREMES = {"z_log_var": (-80.0, 80.0), None: (-500.0, 500.0)}


def batches_of(name, value):
    images = Images(np.full((48, *SHAPE), value, "uint8"), np.arange(48) % 4)
    loader = BatchLoader(images, 12, family_class(name).batches, labeled=images)
    return first_batches(loader)


def check_finite(model, batches, case):
    with unchanged(model):
        for phase in model.phases():
            loss, terms = phase.loss(model.batch_of(phase, batches), training=True)
            for term, value in {"loss": loss, **terms}.items():
                value = ops.convert_to_numpy(value)
                assert np.isfinite(value), (case, phase.name, term)
    for phase, pairs in phase_gradients(model, batches).items():
        for variable, gradient in pairs:
            assert np.isfinite(gradient).all(), (case, phase, variable.path)


def outputs(network):
    """The layers that have the last word, by their names.

    Of codes that are normalized, these are what comes before; none on PyTorch, where Keras
    takes a variance as E[x^2] - E[x]^2, which may round to less than none.
    """
    is_normalized = isinstance(network.layers[-1], layers.BatchNormalization)
    if is_normalized and keras.backend.backend() == "torch":
        return []
    biased = [
        layer for layer in network.layers if getattr(layer, "bias", None) is not None
    ]
    return [layer for layer in biased if layer.name in EXTREMES] or biased[-1:]


@pytest.mark.parametrize("name", FAMILIES)
def test_constant_images_give_finite_losses_and_gradients(name):
    model = small_model(name)
    for what, value in CONSTANT.items():
        check_finite(model, batches_of(name, value), what)


@pytest.mark.parametrize("name", FAMILIES)
def test_extreme_outputs_give_finite_losses_and_gradients(name):
    model, batches = small_model(name), batches_of(name, 128)
    networks = {id(n): n for phase in model.phases() for n in phase.networks}
    for network in networks.values():
        for layer in outputs(network):
            before = np.array(ops.convert_to_numpy(layer.bias))
            for value in EXTREMES.get(layer.name, EXTREMES[None]):
                layer.bias.assign(np.full_like(before, value))
                check_finite(model, batches, (layer.path, value))
            layer.bias.assign(before)
