"""Classifier of images."""

from functools import cached_property
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import ImageShape, Seed, Tensor, pick
from keras_aae.engine import Phase
from keras_aae.engine.batch import Batch, Terms
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import UnsupportedError
from keras_aae.losses.classification import cross_entropy, zero_one_loss
from keras_aae.models.base.classifier import ClassifyingModel
from keras_aae.networks.classifier import build_classifier
from keras_aae.transforms.augmentations import (
    AUGMENTATIONS,
    Augmentation,
    check_augmentation,
)


@keras.saving.register_keras_serializable("keras_aae")
class Classifier(ClassifyingModel):
    """A classifier of images, trained on labels.

    minimize  mean_x  -log p(label|a(x)),  p(.|x) = softmax(classifier(x)), in nats

    It is trained on the labeled images only, on augmented images a(x) in each step.

    Args:
        classifier: images -> logits, (batch, classes). The inputs of its last layer are
            the features.
        augmentation: Augmentation of the training images: "none", "moves", "dihedral"
            or "faces".
        seed: Seed of the model's random numbers.

    References:
        Gradient-Based Learning Applied to Document Recognition (LeCun, Bottou, Bengio,
        Haffner, 1998), for the convolutional one.
    """

    terms = ("classification_loss", "accuracy")
    maximized = ("accuracy",)
    builders = (build_classifier,)
    labeled_only = True
    uses_labels = True

    def __init__(
        self,
        classifier: keras.Model,
        *,
        augmentation: Augmentation = "none",
        seed: Seed = 0,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, **kwargs)
        self.classifier = classifier
        self.augmentation = check_augmentation(augmentation, self.image_shape)
        self.built = True

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Build the classifier."""
        return (build_classifier(image_shape, **pick(build_classifier, options)),)

    @property
    def image_shape(self) -> ImageShape:
        """(height, width, channels) of the images."""
        return tuple(self.classifier.input_shape[1:])

    @property
    def label_classes(self) -> int:
        """Number of classes of the labels."""
        return self.classifier.output_shape[-1]

    def phases(self) -> list[Phase]:
        """Return the only phase, the classification."""
        return [Phase("classification", self.classification, (self.classifier,))]

    def classification(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the cross-entropy of a batch, in nats, and the accuracy."""
        if batch.labels is None:
            raise UnsupportedError(
                "A Classifier needs labels. Expected labels in the batch, got none. "
                "Pass labels, or train an autoencoder."
            )
        augment = AUGMENTATIONS[self.augmentation if training else "none"]
        logits = self.classifier(
            augment(batch.x, self.seed_generator), training=training
        )
        loss = ops.mean(cross_entropy(batch.labels, logits))
        accuracy = 1.0 - ops.mean(zero_one_loss(batch.labels, logits))
        return loss, {"classification_loss": loss, "accuracy": accuracy}

    def call(self, x: Tensor) -> Tensor:
        """Compute the class probabilities of images, (batch, classes)."""
        return ops.softmax(self.class_logits(as_tensor_images(x)))

    def class_logits(self, x: Tensor) -> Tensor:
        """Compute the class logits of images, (batch, classes)."""
        return self.classifier(x, training=False)

    def features(self, x: np.ndarray) -> np.ndarray:
        """Return the inputs of the last layer, without dropout, (n, features).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("features", _features, self.check_images(x))

    @cached_property
    def _body(self) -> keras.Model:
        return keras.Model(self.classifier.inputs[0], self.classifier.layers[-1].input)


def _features(model: Any, x: Tensor) -> Tensor:
    return model._body(as_tensor_images(x), training=False)
