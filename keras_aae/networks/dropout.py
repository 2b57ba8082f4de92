"""Dropout that a seed decides."""

import random

import keras
from keras import layers


def dropout_layer(rate: float, name: str) -> keras.Layer:
    """A dropout layer with a seed, itself drawn as `keras.utils.set_random_seed` says.

    Without one PyTorch draws from a global generator, whose state no checkpoint holds.
    """
    return layers.Dropout(rate, seed=random.randrange(2**31), name=name)
