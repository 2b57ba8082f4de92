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
    """Build code -> dense layers -> logits.

    Args:
        latent_dim: Dimension of the codes.
        classes: Width of the one-hot classes that condition it; 0 for none.
        name: Name of the network.
        outputs: Number of logits.
        discriminator_units: Widths of the hidden layers.
        discriminator_activation: Activation of the hidden layers.
        discriminator_dropout: Fraction of the hidden units dropped in training.

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
