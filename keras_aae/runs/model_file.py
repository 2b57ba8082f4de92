"""Loading of `.keras` files."""

import keras

import keras_aae.models  # noqa: F401  (registers the classes)


def load_model(path, compile=False):
    """Load."""
    return keras.saving.load_model(path, compile=compile)
