"""Base class of the models that predict classes, or clusters, of images."""

from typing import Any

import numpy as np
from keras import ops

from keras_aae.checks import Tensor
from keras_aae.engine.phases import as_tensor_images
from keras_aae.models.base.image_model import ImageModel


class ClassifyingModel(ImageModel):
    """A model with `class_logits(x)`, (batch, classes)."""

    def class_probabilities(self, x: np.ndarray) -> np.ndarray:
        """Return the class probabilities of images, (n, classes).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("probabilities", _probabilities, self.check_images(x))

    def classify(self, x: np.ndarray) -> np.ndarray:
        """Return the most probable class of each image, (n,).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.class_probabilities(x).argmax(axis=-1)


def _probabilities(model: Any, x: Tensor) -> Tensor:
    return ops.softmax(model.class_logits(as_tensor_images(x)))
