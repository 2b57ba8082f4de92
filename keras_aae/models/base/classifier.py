"""What models have in common that tell classes, or clusters, of images apart."""

from typing import Any

import numpy as np
from keras import ops

from keras_aae.checks import Tensor
from keras_aae.engine.phases import as_tensor_images
from keras_aae.models.base.image_model import ImageModel


class ClassifyingModel(ImageModel):
    """A model with `class_logits(x)`, (batch, classes)."""

    def class_probabilities(self, x: np.ndarray) -> np.ndarray:
        """How probable each class is of each image, (n, classes).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("probabilities", _probabilities, self.check_images(x))

    def classify(self, x: np.ndarray) -> np.ndarray:
        """The most probable class of each image, (n,).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.class_probabilities(x).argmax(axis=-1)


def _probabilities(model: Any, x: Tensor) -> Tensor:
    return ops.softmax(model.class_logits(as_tensor_images(x)))
