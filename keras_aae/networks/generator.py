"""Fully connected generator of codes."""

import keras
from keras import layers

from keras_aae.networks import check_activation
from keras_aae.networks.dropout import dropout_layer


def build_generator(
    latent_dim: int,
    told: int = 0,
    *,
    generator_activation: str = "leaky_relu",
    generator_dropout: float = 0.5,
):
    """random numbers -> two dense layers -> a code in (0, 1), all of one width.

    Args:
        latent_dim: That width.
        told: Width of the one-hot classes that it is told as well; 0 for none.
        generator_activation: Of the hidden layers.
        generator_dropout: Share of their units that a training step leaves out.

    Raises:
        RecipeError: an unknown activation.
    """
    check_activation(generator_activation)
    inputs = [layers.Input((latent_dim,), name="noise")]
    if told:
        inputs.append(layers.Input((told,), name="classes"))
    x = layers.Concatenate(name="both")(inputs) if told else inputs[0]
    for i in range(2):
        x = layers.Dense(latent_dim, generator_activation, name=f"hidden_{i}")(x)
        x = dropout_layer(generator_dropout, name=f"dropout_{i}")(x)
    codes = layers.Dense(latent_dim, "sigmoid", name="codes")(x)
    return keras.Model(inputs if told else inputs[0], codes, name="generator")
