"""Fully connected generator of codes."""

from typing import Any

import keras
from keras import layers, ops

from keras_aae.checks import Share, Tensor, validated
from keras_aae.networks.activation import Activation

HIDDEN_LAYERS = 2


@keras.saving.register_keras_serializable("keras_aae")
class GivenDropout(layers.Layer):
    """Dropout by random numbers u, uniform in (0, 1), that are an input; always on.

    y_i = x_i / (1 - rate) where u_i >= rate, and else 0.

    Args:
        rate: Share of the units that are left out.
    """

    def __init__(self, rate: float, **kwargs: Any):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs: list[Tensor]) -> Tensor:
        """[x, u], (batch, units) each -> (batch, units)."""
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
    """random numbers -> two dense layers -> a code in (0, 1), all of one width.

    Its dropout is part of its noise, in training and after it: what it makes depends on
    the units left out at least as much as on what it is fed. So the random numbers that
    decide on them are inputs too, after those that it is fed.

    Args:
        latent_dim: That width.
        condition_width: Width of the one-hot classes that it is told as well, the last input; 0 for
            none.
        generator_activation: Of the hidden layers.
        generator_dropout: Share of their units that are left out.

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
