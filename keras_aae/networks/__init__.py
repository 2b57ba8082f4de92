"""Networks: builders of plain Keras models that output codes or logits."""

import math
from collections.abc import Sequence
from types import ModuleType
from typing import Annotated

import keras

from keras_aae.checks import Choice, ImageShape, Strength, Width, Widths, validated
from keras_aae.errors import RecipeError
from keras_aae.lookup import load_entry
from keras_aae.losses.regularizers import WeightPenalty
from keras_aae.networks import (
    conv,
    conv_bn,
    conv_bn_3,
    dense,
    dense_bn,
    lenet,
    pooled,
)
from keras_aae.networks.activation import Activation
from keras_aae.registry import NETWORKS

__all__ = [
    "build_autoencoder_networks",
    "conv",
    "dense",
    "conv_bn_3",
    "lenet",
    "load_network",
    "dense_bn",
    "conv_bn",
    "pooled",
]
PENALIZED = {"encoder": (True, False), "decoder": (False, True), "both": (True, True)}


def load_network(
    name: str, hidden_units: Sequence[int] | None = None
) -> tuple[ModuleType, tuple[int, ...]]:
    """Return a network by its name, and the widths of its layers.

    Args:
        name: Key of `NETWORKS`.
        hidden_units: Widths of the layers. Defaults to the network's own.

    Raises:
        RecipeError: the name is unknown, or the number of widths does not fit.
    """
    network = load_entry(name, NETWORKS, "network")
    units = tuple(network.HIDDEN_UNITS if hidden_units is None else hidden_units)
    least, most = getattr(network, "LAYERS", (0, math.inf))
    if not least <= len(units) <= most:
        count = least if least == most else f"at least {least}"
        raise RecipeError(
            f"Invalid hidden_units {list(units)} for network {name!r}. Expected "
            f"{count} of them, for example {list(network.HIDDEN_UNITS)}."
        )
    return network, units


@validated
def build_autoencoder_networks(
    image_shape: ImageShape,
    heads: Sequence[str] = ("z",),
    *,
    latent_dim: Width = 32,
    network: Annotated[str, Choice(NETWORKS)] = "dense",
    hidden_units: Widths | None = None,
    activation: Activation = "relu",
    decoder_activation: Activation | None = None,
    code_activation: Activation | None = None,
    normalized_codes: bool = False,
    weight_decay: Strength = 0.0,
    nonnegativity: Strength = 0.0,
    nonnegative: bool = False,
    penalized: Annotated[str, Choice(PENALIZED)] = "both",
) -> tuple[keras.Model, keras.Model]:
    """Build an encoder with an output of `latent_dim` units per head, and its decoder.

    Args:
        image_shape: (height, width, channels).
        heads: Names of the encoder's outputs.
        latent_dim: Dimension of the codes.
        network: Key of `NETWORKS`.
        hidden_units: Widths of the encoder's layers (convolutions: filters), mirrored
            in the decoder. Defaults to the network's own.
        activation: Activation of the hidden layers.
        decoder_activation: Activation of the decoder's hidden layers. Defaults to
            `activation`.
        code_activation: Activation of the encoder's outputs; None is linear.
        normalized_codes: Whether the activated outputs are normalized to mean 0 and
            variance 1 over the batch.
        weight_decay: lambda in the penalty lambda sum(w^2) of all kernels.
        nonnegativity: lambda in the penalty lambda sum(min(w, 0)^2) of all kernels.
        nonnegative: Whether negative weights are set to 0 after every update.
        penalized: Networks whose kernels these three options apply to: "encoder",
            "decoder" or "both".

    Returns:
        (encoder, decoder). The encoder returns a tensor, or a list if it has several
        heads; the decoder returns logits of shape (batch, *image_shape).

    Raises:
        RecipeError: an option is invalid.
    """
    builder, units = load_network(network, hidden_units)
    kernel = {
        "kernel_regularizer": WeightPenalty.get(weight_decay, nonnegativity),
        "kernel_constraint": "non_neg" if nonnegative else None,
    }
    encoding, decoding = (kernel if on else {} for on in PENALIZED[penalized])
    encoder = builder.encoder(
        image_shape, latent_dim, units, heads,
        hidden={"activation": activation, **encoding},
        outputs={"activation": code_activation, **encoding},
    )  # fmt: skip
    if normalized_codes:
        encoder = _with_normalized_output(encoder)
    decoder = builder.decoder(
        image_shape, latent_dim, units,
        hidden={"activation": decoder_activation or activation, **decoding},
        outputs=decoding,
    )  # fmt: skip
    return encoder, decoder


def _with_normalized_output(encoder: keras.Model) -> keras.Model:
    if len(encoder.outputs) > 1:
        raise RecipeError(
            "Invalid normalized_codes True. Expected false for an encoder with "
            f"{len(encoder.outputs)} outputs, since it would rescale the variances. "
            "Use normalized_codes with encoders of one output."
        )
    normalize = keras.layers.BatchNormalization(
        center=False, scale=False, name="normal_codes"
    )
    codes = normalize(encoder.outputs[0])
    return keras.Model(encoder.inputs[0], codes, name=encoder.name)
