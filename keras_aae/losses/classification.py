"""What it costs to take images for another class: pure functions, one value an example.

Each takes class numbers (batch,) and logits (batch, classes), and returns (batch,).
"""

import keras
from keras import ops

from keras_aae.checks import Tensor


def cross_entropy(labels: Tensor, logits: Tensor) -> Tensor:
    """-log softmax(logits)_label, in nats."""
    return keras.losses.sparse_categorical_crossentropy(
        labels, logits, from_logits=True
    )


def zero_one_loss(labels: Tensor, logits: Tensor) -> Tensor:
    """1 where another class than the label has the largest logit, else 0."""
    found = ops.cast(ops.argmax(logits, axis=-1), "int32")
    return ops.cast(ops.not_equal(found, ops.cast(labels, "int32")), logits.dtype)
