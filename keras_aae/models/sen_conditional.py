"""Shared-encoding networks with a classifier or a conditional generator."""

from typing import Any

import keras
from keras import ops

from keras_aae.checks import ImageShape, Tensor, Width
from keras_aae.engine import Phase
from keras_aae.engine.batch import Batch, Terms
from keras_aae.engine.batch_loader import LABELED
from keras_aae.engine.networks import call_without_updating_statistics
from keras_aae.errors import RecipeError
from keras_aae.losses.adversarial import non_saturating
from keras_aae.losses.classification import cross_entropy, zero_one_loss
from keras_aae.models.base.classifier import ClassifyingModel
from keras_aae.models.sen import SEN


@keras.saving.register_keras_serializable("keras_aae")
class ClassifyingSEN(ClassifyingModel, SEN):
    """A SEN with a classifier c of embeddings, trained jointly.

    classification   c, f   minimize  -E log c(f(x))_label

    The classification is over the labeled images, after the phases without labels.

    Args:
        encoder, decoder, discriminator, generator, ..., seed: See `SEN`.
        classifier: embeddings -> logits of the classes.
    """

    terms = (*SEN.terms, "classification", "classification_error")
    batches = (*SEN.batches, LABELED)
    uses_labels = True

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        discriminator: keras.Model | None,
        generator: keras.Model | None,
        classifier: keras.Model,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, discriminator, generator, **kwargs)
        self.classifier = classifier

    @classmethod
    def build_networks(
        cls,
        image_shape: ImageShape,
        conditions: int = 0,
        *,
        classes: Width = 10,
        **options: Any,
    ) -> tuple[keras.Model | None, ...]:
        """Build the networks of a `SEN`, and the classifier."""
        networks = super().build_networks(image_shape, conditions, **options)
        return (*networks, cls.build_readout("classifier", classes, **options))

    @property
    def label_classes(self) -> int:
        """Number of classes of the labels."""
        return self.classifier.output_shape[-1]

    def phases(self) -> list[Phase]:
        """Return the phases without labels, and the classification."""
        networks, objective = (self.classifier, self.encoder), self.classification
        classification = Phase("classification", objective, networks, LABELED)
        return [*super().phases(), classification]

    def classification(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the cross-entropy of labeled images, in nats, and the error rate."""
        outputs = call_without_updating_statistics(self.encoder, batch.x, training)
        z = self.embedding(outputs, training)
        logits = self.classifier(z, training=training)
        loss = ops.mean(cross_entropy(batch.labels, logits))
        error = ops.mean(zero_one_loss(batch.labels, logits))
        return loss, {"classification": loss, "classification_error": error}

    def class_logits(self, x: Tensor) -> Tensor:
        """Compute the class logits of images, (batch, classes)."""
        return self.classifier(self.embed(x), training=False)


@keras.saving.register_keras_serializable("keras_aae")
class DirectedSEN(ClassifyingSEN):
    """A `ClassifyingSEN` whose generator is conditioned on the class.

    generation   g, d   minimize  -E log D(fake) - E log c(fake)_y

    with fake generated from u and y, and y uniform over the classes.
    """

    terms = (*ClassifyingSEN.terms, "condition_loss")

    def __init__(self, *networks: Any, **kwargs: Any):
        super().__init__(*networks, **kwargs)
        _check_generator(self)

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, *, classes: int, **options: Any
    ) -> tuple[keras.Model | None, ...]:
        """Build the networks of a `ClassifyingSEN`, with a conditional generator."""
        return super().build_networks(image_shape, classes, classes=classes, **options)

    def generation(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the loss of `SEN` and the cross-entropy of the fakes' classes."""
        fake, labels = self.generate_fake_codes(ops.shape(batch.x)[0], training)
        loss = non_saturating(self.discriminator_logits(fake, training))
        logits = self.classifier(fake, training=training)
        class_loss = ops.mean(cross_entropy(labels, logits))
        return loss + class_loss, {"generation": loss, "condition_loss": class_loss}


@keras.saving.register_keras_serializable("keras_aae")
class FeatureSEN(SEN):
    """A SEN whose generator is conditioned on a feature that a detector recovers.

    generation   g, t   minimize  -E log D(fake) - E log t(fake)_c - E log max_k t(real)_k

    with c uniform over latent_dim features, and t the detector. The features are
    unsupervised, as in InfoGAN; the last term makes the detector confident on images.

    Args:
        encoder, decoder, discriminator, generator, ..., seed: See `SEN`.
        detector: embeddings -> logits of the features.

    References:
        drburke/tensorflow, SENs 2.0/, code; InfoGAN (Chen, Duan, Houthooft, Schulman,
        Sutskever, Abbeel, 2016), section 4, for the idea.
    """

    terms = (*SEN.terms, "condition_loss", "min_entropy")

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        discriminator: keras.Model | None,
        generator: keras.Model | None,
        detector: keras.Model,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, discriminator, generator, **kwargs)
        _check_generator(self)
        self.detector = detector

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, **options: Any
    ) -> tuple[keras.Model | None, ...]:
        """Build the networks of a `SEN`, conditional, and the detector."""
        features = options["latent_dim"]
        networks = super().build_networks(image_shape, features, **options)
        return (*networks, cls.build_readout("detector", features, **options))

    def generator_networks(self) -> tuple[keras.Model, ...]:
        """Return the generator and the detector, without the decoder."""
        return (self.generator, self.detector)

    def generation(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the losses of fake codes and of the fake and real features."""
        fake, features = self.generate_fake_codes(ops.shape(batch.x)[0], training)
        loss = non_saturating(self.discriminator_logits(fake, training))
        found = self.detector(fake, training=training)
        feature_loss = ops.mean(cross_entropy(features, found))
        real = self.detector(self.embed(batch.x, training), training=training)
        unsure = ops.mean(cross_entropy(ops.argmax(real, axis=-1), real))
        terms = {
            "generation": loss,
            "condition_loss": feature_loss,
            "min_entropy": unsure,
        }
        return loss + feature_loss + unsure, terms


def _check_generator(model: SEN) -> None:
    if model.generator is None:
        raise RecipeError(
            f"Invalid generator None for a {type(model).__name__}. Expected a network "
            "to condition. Use fake_path='image' or 'direct'."
        )
