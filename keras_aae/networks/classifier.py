"""Classifiers of images: one logit a class, of pixels or of pixels and codes."""

import keras
from keras import layers

from keras_aae.checks import check_share
from keras_aae.lookup import check_name
from keras_aae.networks import NETWORKS, check_activation, check_widths
from keras_aae.networks.dropout import dropout_layer

# Of those that narrow an image down to a row of features.
BODIES = {name: NETWORKS[name] for name in ("dense", "conv", "lenet", "normalised")}


def build_classifier(
    image_shape,
    *,
    classes: int = 10,
    network: str = "dense",
    hidden_units: tuple | None = None,
    activation: str = "relu",
    dropout: float = 0.0,
):
    """image -> the layers of an encoder, the last of them the features -> logits.

    Args:
        image_shape: (height, width, channels).
        classes: How many logits.
        network: A key of `BODIES`.
        hidden_units: Widths of the layers (convolutions: filters). Defaults to the
            network's own.
        activation: Of the hidden layers.
        dropout: Share of the features that are set to 0 in a step of training.

    Raises:
        RecipeError: an unknown activation, or a value out of range.
        KerasAAEError: an unknown network.
    """
    body = BODIES[check_name(network, BODIES, "network of a classifier:")]
    units = tuple(body.HIDDEN_UNITS if hidden_units is None else hidden_units)
    check_widths(classes=(classes,), hidden_units=units)
    check_activation(activation)
    check_share("dropout", dropout, zero=True)
    encoder = body.encoder(
        image_shape,
        classes,
        units,
        ("z",),
        hidden={"activation": activation},
        outputs={},
    )
    x = encoder.get_layer("z").input
    if dropout:
        x = dropout_layer(dropout, name="dropout")(x)
    logits = layers.Dense(classes, name="logits")(x)
    return keras.Model(encoder.inputs[0], logits, name="classifier")


def build_wide_classifier(
    image_shape,
    latent_dim: int,
    *,
    classes: int = 10,
    classifier_units: tuple = (100,),
):
    """[image, code] -> ReLU layers of the image; they and the code -> logits.

    Args:
        image_shape: (height, width, channels).
        latent_dim: Width of the code.
        classes: How many logits.
        classifier_units: Widths of the layers.

    Raises:
        RecipeError: a width out of range.
    """
    check_widths(classes=(classes,), classifier_units=classifier_units)
    images = layers.Input(image_shape, name="images")
    z = layers.Input((latent_dim,), name="z")
    x = layers.Flatten(name="flatten")(images)
    for i, width in enumerate(classifier_units):
        x = layers.Dense(width, "relu", name=f"hidden_{i}")(x)
    both = layers.Concatenate(name="both")([x, z])
    logits = layers.Dense(classes, name="logits")(both)
    return keras.Model([images, z], logits, name="classifier")
