"""Seeded dropout."""

import random

import keras
from keras import layers


def dropout_layer(rate: float, name: str) -> keras.Layer:
    """Build a dropout layer whose seed follows `keras.utils.set_random_seed`.

    Without a seed, PyTorch uses a global generator, whose state is not in checkpoints.
    """
    return layers.Dropout(rate, seed=random.randrange(2**31), name=name)
