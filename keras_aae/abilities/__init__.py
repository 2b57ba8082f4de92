"""Abilities that figures, metrics and commands require of models, of any family.

An ability is a protocol. A model has it if it has the methods and attributes of the
protocol; it need not inherit from it or be registered. `supports` tests for an ability,
and `require` raises an error without it. This package imports no Keras.
"""

from keras_aae.abilities.asking import *  # noqa: F403
from keras_aae.abilities.protocols import *  # noqa: F403
