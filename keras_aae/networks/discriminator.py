"""Fully connected discriminator of codes."""

import keras
from keras import layers

from keras_aae.networks import check_activation, check_widths


def build_discriminator(
    latent_dim: int,
    classes: int = 0,
    name: str = "discriminator",
    *,
    discriminator_units: tuple = (128, 128),
    discriminator_activation: str = "relu",
):
    """code -> dense layers -> one logit: is it of the prior?

    Args:
        latent_dim: Width of the code.
        classes: Width of the one-hot classes that it is told as well; 0 for none.
        name: Of the network.
        discriminator_units: Widths of its layers.
        discriminator_activation: Of these layers.

    Raises:
        RecipeError: an unknown activation, or a width out of range.
    """
    check_widths(discriminator_units=discriminator_units)
    check_activation(discriminator_activation)
    inputs = [layers.Input((latent_dim,), name="z")]
    if classes:
        inputs.append(layers.Input((classes,), name="classes"))
    x = layers.Concatenate(name="both")(inputs) if classes else inputs[0]
    for i, width in enumerate(discriminator_units):
        x = layers.Dense(width, discriminator_activation, name=f"hidden_{i}")(x)
    logit = layers.Dense(1, name="logit")(x)
    return keras.Model(inputs if classes else inputs[0], logit, name=name)
