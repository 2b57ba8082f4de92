"""Fully connected discriminator of codes."""

import keras
from keras import layers

from keras_aae.checks import Share, Widths, validated
from keras_aae.networks.activation import Activation
from keras_aae.networks.dropout import dropout_layer


@validated
def build_discriminator(
    latent_dim: int,
    classes: int = 0,
    name: str = "discriminator",
    outputs: int = 1,
    *,
    discriminator_units: Widths = (128, 128),
    discriminator_activation: Activation = "relu",
    discriminator_dropout: Share = 0.0,
) -> keras.Model:
    """code -> dense layers -> one logit, is it of the prior?, or several.

    Args:
        latent_dim: Width of the code.
        classes: Width of the one-hot classes that it is told as well; 0 for none.
        name: Of the network.
        outputs: How many logits.
        discriminator_units: Widths of its layers.
        discriminator_activation: Of these layers.
        discriminator_dropout: Share of their units that a training step leaves out.

    Raises:
        RecipeError: an option is invalid.
    """
    inputs = [layers.Input((latent_dim,), name="z")]
    if classes:
        inputs.append(layers.Input((classes,), name="classes"))
    x = layers.Concatenate(name="both")(inputs) if classes else inputs[0]
    for i, width in enumerate(discriminator_units):
        x = layers.Dense(width, discriminator_activation, name=f"hidden_{i}")(x)
        if discriminator_dropout:
            x = dropout_layer(discriminator_dropout, name=f"dropout_{i}")(x)
    logit = layers.Dense(outputs, name="logit")(x)
    return keras.Model(inputs if classes else inputs[0], logit, name=name)
