"""What the engines need to know of a model's networks."""

import keras

CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)


def has_convolutions(model) -> bool:
    """Whether any layer of the model, or of a network in it, convolves."""
    return any(
        isinstance(layer, CONVOLUTIONS)
        or (isinstance(layer, keras.Model) and has_convolutions(layer))
        for layer in model.layers
    )
