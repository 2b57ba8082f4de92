"""Networks: builders of plain Keras models that output codes or logits."""

import keras

from keras_aae.errors import RecipeError
from keras_aae.lookup import check_name
from keras_aae.losses.regularizers import WeightPenalty
from keras_aae.networks import (
    conv,
    dense,
    faces,
    lenet,
    normalised,
    normalised_conv,
    pooled,
)

NETWORKS = {
    "dense": dense,
    "conv": conv,
    "lenet": lenet,
    "pooled": pooled,
    "normalised": normalised,
    "normalised-conv": normalised_conv,
    "faces": faces,
}
PENALISED = {"encoder": (True, False), "decoder": (False, True), "both": (True, True)}


def build_autoencoder_networks(
    image_shape,
    heads=("z",),
    *,
    latent_dim: int = 32,
    network: str = "dense",
    hidden_units: tuple | None = None,
    activation: str = "relu",
    decoder_activation: str | None = None,
    code_activation: str | None = None,
    normalised_codes: bool = False,
    weight_decay: float = 0.0,
    nonnegativity: float = 0.0,
    nonnegative: bool = False,
    penalised: str = "both",
):
    """An encoder with one `latent_dim`-wide output a head, and its decoder.

    Args:
        image_shape: (height, width, channels).
        heads: Names of the encoder's outputs.
        latent_dim: Width of the code.
        network: A key of `NETWORKS`.
        hidden_units: Widths of the encoder's layers (convolutions: filters), mirrored
            in the decoder. Defaults to the network's own.
        activation: Of the hidden layers.
        decoder_activation: Of the decoder's, where it is another.
        code_activation: Of the encoder's outputs; None is linear.
        normalised_codes: Whether they then get mean 0 and variance 1 over the batch.
        weight_decay: lambda in the penalty lambda sum(w^2) of all kernels.
        nonnegativity: lambda in the penalty lambda sum(min(w, 0)^2) of all kernels.
        nonnegative: Whether negative weights are set to 0 after every update.
        penalised: Whose kernels these three are for: "encoder", "decoder" or "both".

    Returns:
        (encoder, decoder); the encoder returns a tensor, or a list if it has several
        heads; the decoder returns logits of shape (batch, *image_shape).

    Raises:
        RecipeError: an unknown network or activation, or a value out of range.
    """
    if network not in NETWORKS:
        raise RecipeError(
            f"Unknown network {network!r}. Choices: {', '.join(NETWORKS)}."
        )
    builder = NETWORKS[network]
    units = tuple(builder.HIDDEN_UNITS if hidden_units is None else hidden_units)
    check_widths(latent_dim=(latent_dim,), hidden_units=units)
    for name in (activation, decoder_activation, code_activation):
        check_activation(name)
    check_name(penalised, PENALISED, "value of penalised:")
    kernel = {
        "kernel_regularizer": WeightPenalty.get(weight_decay, nonnegativity),
        "kernel_constraint": "non_neg" if nonnegative else None,
    }
    encoding, decoding = (kernel if on else {} for on in PENALISED[penalised])
    encoder = builder.encoder(
        image_shape, latent_dim, units, heads,
        hidden={"activation": activation, **encoding},
        outputs={"activation": code_activation, **encoding},
    )  # fmt: skip
    if normalised_codes:
        encoder = _with_normalised_output(encoder)
    decoder = builder.decoder(
        image_shape, latent_dim, units,
        hidden={"activation": decoder_activation or activation, **decoding},
        outputs=decoding,
    )  # fmt: skip
    return encoder, decoder


def _with_normalised_output(encoder):
    if len(encoder.outputs) > 1:
        raise RecipeError(
            "normalised_codes is for encoders of one output, and this one gives "
            f"{len(encoder.outputs)}, of which a variance must keep its size."
        )
    normalise = keras.layers.BatchNormalization(
        center=False, scale=False, name="normal_codes"
    )
    codes = normalise(encoder.outputs[0])
    return keras.Model(encoder.inputs[0], codes, name=encoder.name)


def check_activation(name):
    """Check that Keras knows the activation.

    Raises:
        RecipeError: it does not.
    """
    try:
        keras.activations.get(name)
    except ValueError:
        raise RecipeError(
            f"Unknown activation {name!r}. Expected the name of a Keras activation, for "
            "example relu, leaky_relu, elu, softplus, tanh or sigmoid."
        ) from None


def check_widths(**widths):
    """Check that all of these are widths of layers.

    Raises:
        RecipeError: one is not a whole number in range.
    """
    for name, values in widths.items():
        if not all(isinstance(v, int) and 1 <= v <= 2**20 for v in values):
            raise RecipeError(
                f"Invalid {name} {values}. Expected whole numbers from 1 to {2**20:,}."
            )
