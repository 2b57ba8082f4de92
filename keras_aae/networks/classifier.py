"""Classifiers of images, or of images and codes."""

from typing import Annotated

import keras
from keras import layers

from keras_aae.checks import Choice, ImageShape, Share, Width, Widths, validated
from keras_aae.networks import load_network
from keras_aae.networks.activation import Activation
from keras_aae.networks.dropout import dropout_layer

# Networks whose encoders reduce an image to a vector of features.
BODIES = ("dense", "conv", "lenet", "dense-bn")


@validated
def build_classifier(
    image_shape: ImageShape,
    *,
    classes: Width = 10,
    network: Annotated[str, Choice(BODIES)] = "dense",
    hidden_units: Widths | None = None,
    activation: Activation = "relu",
    dropout: Share = 0.0,
) -> keras.Model:
    """Build image -> hidden layers of an encoder -> logits.

    The last hidden layer gives the features.

    Args:
        image_shape: (height, width, channels).
        classes: Number of classes.
        network: Key of `BODIES`.
        hidden_units: Widths of the layers (convolutions: filters). Defaults to the
            network's own.
        activation: Activation of the hidden layers.
        dropout: Fraction of the features that are dropped in training.

    Raises:
        RecipeError: an option is invalid.
    """
    body, units = load_network(network, hidden_units)
    encoder = body.encoder(
        image_shape, classes, units, ("z",), hidden={"activation": activation},
        outputs={},
    )  # fmt: skip
    x = encoder.get_layer("z").input
    if dropout:
        x = dropout_layer(dropout, name="dropout")(x)
    logits = layers.Dense(classes, name="logits")(x)
    return keras.Model(encoder.inputs[0], logits, name="classifier")


@validated
def build_wide_classifier(
    image_shape: ImageShape,
    latent_dim: int,
    *,
    classes: Width = 10,
    classifier_units: Widths = (100,),
) -> keras.Model:
    """Build [image, code] -> logits, from ReLU layers of the image and the code.

    Args:
        image_shape: (height, width, channels).
        latent_dim: Dimension of the codes.
        classes: Number of classes.
        classifier_units: Widths of the layers.

    Raises:
        RecipeError: an option is invalid.
    """
    images = layers.Input(image_shape, name="images")
    z = layers.Input((latent_dim,), name="z")
    x = layers.Flatten(name="flatten")(images)
    for i, width in enumerate(classifier_units):
        x = layers.Dense(width, "relu", name=f"hidden_{i}")(x)
    both = layers.Concatenate(name="both")([x, z])
    logits = layers.Dense(classes, name="logits")(both)
    return keras.Model([images, z], logits, name="classifier")
