"""Classification losses of each example: pure functions.

Each takes class numbers (batch,) and logits (batch, classes), and returns (batch,).
"""

import keras
from keras import ops

from keras_aae.checks import Tensor


def cross_entropy(labels: Tensor, logits: Tensor) -> Tensor:
    """Compute -log softmax(logits)_label, in nats."""
    return keras.losses.sparse_categorical_crossentropy(
        labels, logits, from_logits=True
    )


def zero_one_loss(labels: Tensor, logits: Tensor) -> Tensor:
    """Return 1 where the largest logit is not the label's, otherwise 0."""
    found = ops.cast(ops.argmax(logits, axis=-1), "int32")
    return ops.cast(ops.not_equal(found, ops.cast(labels, "int32")), logits.dtype)
