"""Activations as options, by their Keras names."""

from typing import Annotated, Any

import keras


class ActivationName:
    """Names of Keras activations."""

    expected = (
        "the name of a Keras activation, for example relu, leaky_relu, elu, softplus, "
        "tanh or sigmoid"
    )

    @staticmethod
    def read(value: Any) -> str:
        """Return the name of a Keras activation, or raise ValueError."""
        try:
            known = isinstance(value, str) and keras.activations.get(value)
        except ValueError:
            known = False
        if not known:
            raise ValueError
        return value


Activation = Annotated[str, ActivationName()]
