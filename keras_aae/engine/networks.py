"""Properties of networks, and calls without updates of their statistics."""

import keras

from keras_aae.checks import Tensor

CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
BATCH = (keras.layers.BatchNormalization,)
NOISE = (
    keras.layers.GaussianNoise,
    keras.layers.GaussianDropout,
    keras.layers.Dropout,
    keras.layers.AlphaDropout,
)


def has_convolutions(model: keras.Model) -> bool:
    """Return whether a model has a convolutional layer, also in nested networks."""
    return _has(model, CONVOLUTIONS)


def has_batch_normalization(model: keras.Model) -> bool:
    """Return whether a model has batch normalization, also in nested networks."""
    return _has(model, BATCH)


def has_noise(model: keras.Model) -> bool:
    """Return whether a model has a noise or dropout layer, also in nested networks."""
    return _has(model, NOISE)


def call_without_updating_statistics(
    network: keras.Model, x: Tensor, training: bool
) -> Tensor:
    """Apply a network without updating its batch normalization statistics.

    Perturbed images, generated images and repeated labeled images are not samples of
    the data distribution.
    """
    trainable, others = network.trainable_variables, network.non_trainable_variables
    outputs, _ = network.stateless_call(
        [v.value for v in trainable], [v.value for v in others], x, training=training
    )
    return outputs


def _has(model: keras.Model, kinds: tuple[type, ...]) -> bool:
    return any(
        isinstance(layer, kinds)
        or (isinstance(layer, keras.Model) and _has(layer, kinds))
        for layer in model.layers
    )
