"""Fully connected generator of codes."""

from typing import Any

import keras
from keras import layers, ops

from keras_aae.checks import Share, Tensor, validated
from keras_aae.networks.activation import Activation

HIDDEN_LAYERS = 2


@keras.saving.register_keras_serializable("keras_aae")
class GivenDropout(layers.Layer):
    """Dropout with uniform random numbers u in (0, 1) as an input; always active.

    y_i = x_i / (1 - rate) where u_i >= rate, otherwise 0.

    Args:
        rate: Fraction of dropped units.
    """

    def __init__(self, rate: float, **kwargs: Any):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs: list[Tensor]) -> Tensor:
        """Drop units of x by u; inputs [x, u], (batch, units) each."""
        x, u = inputs
        return ops.where(u >= self.rate, x / (1.0 - self.rate), ops.zeros_like(x))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"rate": self.rate}


@validated
def build_generator(
    latent_dim: int,
    condition_width: int = 0,
    *,
    generator_activation: Activation = "leaky_relu",
    generator_dropout: Share = 0.5,
) -> keras.Model:
    """Build random numbers -> two dense layers -> code in (0, 1), all of one width.

    Dropout is part of the generator's noise, in training and in inference: the codes
    depend on the dropped units at least as much as on the noise input. So the random
    numbers of the dropout are inputs too, after the noise input.

    Args:
        latent_dim: Width of the noise, the layers and the codes.
        condition_width: Width of the one-hot classes that condition it, the last input;
            0 for none.
        generator_activation: Activation of the hidden layers.
        generator_dropout: Fraction of the hidden units that are dropped.

    Raises:
        RecipeError: an option is invalid.

    References:
        Image-to-Image Translation with Conditional Adversarial Networks (Isola, Zhu,
        Zhou, Efros, 2016), section 3.2, for noise by dropout.
    """
    width = (latent_dim,)
    inputs = [layers.Input(width, name="noise")]
    if generator_dropout:
        inputs += [layers.Input(width, name=f"kept_{i}") for i in range(HIDDEN_LAYERS)]
    kept = inputs[1:]
    x = inputs[0]
    if condition_width:
        inputs.append(layers.Input((condition_width,), name="classes"))
        x = layers.Concatenate(name="both")([x, inputs[-1]])
    for i in range(HIDDEN_LAYERS):
        x = layers.Dense(latent_dim, generator_activation, name=f"hidden_{i}")(x)
        if kept:
            dropout = GivenDropout(generator_dropout, name=f"dropout_{i}")
            x = dropout([x, kept[i]])
    codes = layers.Dense(latent_dim, "sigmoid", name="codes")(x)
    return keras.Model(inputs, codes, name="generator")
