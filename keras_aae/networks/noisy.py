"""Fully connected networks with noise before every layer of the encoder.

References:
    Semi-Supervised Learning with Ladder Networks (Rasmus, Valpola, Honkala, Berglund,
    Raiko, 2015), section 3.1, the noisy encoder.
"""

import math

import keras
from keras import layers

HIDDEN_UNITS = (500, 500)
IMAGE_NOISE, NOISE = 0.3, 0.5


def encoder(image_shape, latent_dim, units, heads, hidden, outputs):
    """image + noise -> (dense, normalise, + noise, activation) a layer -> outputs.

    In training only; standard deviations 0.3 on pixels and 0.5 on normalised units.
    """
    images = x = layers.Input(image_shape, name="images")
    x = layers.Flatten(name="flatten")(x)
    x = layers.GaussianNoise(IMAGE_NOISE, name="noise")(x)
    for i, width in enumerate(units):
        x = _hidden(x, width, i, hidden, NOISE)
    codes = [layers.Dense(latent_dim, **outputs, name=head)(x) for head in heads]
    return keras.Model(images, codes if len(codes) > 1 else codes[0], name="encoder")


def decoder(image_shape, latent_dim, units, hidden, outputs):
    """code -> the encoder's layers mirrored, without noise -> logits of the pixels."""
    z = x = layers.Input((latent_dim,), name="z")
    for i, width in enumerate(reversed(units)):
        x = _hidden(x, width, i, hidden, 0.0)
    x = layers.Dense(math.prod(image_shape), **outputs, name="logits")(x)
    return keras.Model(z, layers.Reshape(image_shape, name="images")(x), name="decoder")


def _hidden(x, width, i, hidden, noise):
    kernel = {key: value for key, value in hidden.items() if key != "activation"}
    x = layers.Dense(width, use_bias=False, **kernel, name=f"hidden_{i}")(x)
    x = layers.BatchNormalization(name=f"normal_{i}")(x)
    if noise:
        x = layers.GaussianNoise(noise, name=f"noise_{i}")(x)
    return layers.Activation(hidden["activation"], name=f"activation_{i}")(x)
