"""What the engines need to know of a model's networks."""

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
    """Whether any layer of the model, or of a network in it, convolves."""
    return _has(model, CONVOLUTIONS)


def has_batch_normalization(model: keras.Model) -> bool:
    """Whether what any layer makes of an image depends on the others of its batch."""
    return _has(model, BATCH)


def has_noise(model: keras.Model) -> bool:
    """Whether any layer of the model, or of a network in it, draws random numbers."""
    return _has(model, NOISE)


def call_without_updating_statistics(
    network: keras.Model, x: Tensor, training: bool
) -> Tensor:
    """What a network makes of x, without a trace in its running averages.

    Images moved on purpose, made ones, or the same few labeled ones are no sample of
    the data.
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
