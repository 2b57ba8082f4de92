"""Networks: builders of plain Keras models that output codes or logits."""

import keras

from keras_aae.errors import RecipeError
from keras_aae.networks import conv, dense

NETWORKS = {"dense": dense, "conv": conv}


def build_autoencoder_networks(
    image_shape,
    latent_dim,
    network="dense",
    hidden_units=None,
    activation="relu",
    heads=("z",),
    code_activation=None,
):
    """An encoder with one `latent_dim`-wide output a head, and its decoder.

    Args:
        image_shape: (height, width, channels).
        latent_dim: Width of the code.
        network: A key of `NETWORKS`.
        hidden_units: Widths of the encoder's layers (convolutions: filters), mirrored
            in the decoder. Defaults to the network's own.
        activation: Of the hidden layers.
        heads: Names of the encoder's outputs.
        code_activation: Of the outputs; None is linear.

    Returns:
        (encoder, decoder); the encoder returns a tensor, or a list if it has several
        heads; the decoder returns logits of shape (batch, *image_shape).

    Raises:
        RecipeError: an unknown network or activation, or a width below 1.
    """
    if network not in NETWORKS:
        raise RecipeError(
            f"Unknown network {network!r}. Choices: {', '.join(NETWORKS)}."
        )
    builder = NETWORKS[network]
    units = tuple(builder.HIDDEN_UNITS if hidden_units is None else hidden_units)
    _check_widths(latent_dim=(latent_dim,), hidden_units=units)
    for name in (activation, code_activation):
        _check_activation(name)
    encoder = builder.encoder(
        image_shape, latent_dim, units, activation, heads, code_activation
    )
    return encoder, builder.decoder(image_shape, latent_dim, units, activation)


def _check_activation(name):
    try:
        keras.activations.get(name)
    except ValueError:
        raise RecipeError(
            f"Unknown activation {name!r}. Expected the name of a Keras activation, for "
            "example relu, leaky_relu, elu, softplus, tanh or sigmoid."
        ) from None


def _check_widths(**widths):
    for name, values in widths.items():
        if not all(isinstance(v, int) and 1 <= v <= 2**20 for v in values):
            raise RecipeError(
                f"Invalid {name} {values}. Expected whole numbers from 1 to {2**20:,}."
            )
