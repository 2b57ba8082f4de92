"""Adversarial autoencoders with categories and styles, for clusters or few labels."""

from typing import Any, Self

import keras
import numpy as np
from keras import ops

from keras_aae.checks import ImageShape, Positive, Tensor, Weight, Width, pick
from keras_aae.engine import Phase
from keras_aae.engine.backend import engine
from keras_aae.engine.batch import Batch, Terms
from keras_aae.engine.batch_loader import LABELED
from keras_aae.engine.networks import call_without_updating_statistics
from keras_aae.engine.phases import as_tensor_images
from keras_aae.losses.adversarial import (
    discriminator_dominates,
    fake_loss,
    fraction_positive,
    non_saturating,
    real_loss,
)
from keras_aae.losses.classification import cross_entropy, zero_one_loss
from keras_aae.losses.divergences import categorical_kl
from keras_aae.losses.reconstruction import RECONSTRUCTION_LOSSES
from keras_aae.models.base.classifier import ClassifyingModel
from keras_aae.models.base.conditional import ClassDecoder, condition_on_classes
from keras_aae.models.base.prior_matching import PriorMatchingModel
from keras_aae.networks import build_autoencoder_networks
from keras_aae.networks.discriminator import build_discriminator
from keras_aae.priors import Categorical

STYLE_ACCURACIES = ("discriminator_accuracy_codes", "discriminator_accuracy_prior")
CATEGORY_ACCURACIES = (
    "discriminator_accuracy_categories",
    "discriminator_accuracy_category_prior",
)


class CategoricalAAE(ClassifyingModel, PriorMatchingModel):
    """An autoencoder with two codes, a category y and a style z, each with a prior.

    The encoder returns logits a and z, and y = softmax(sharpness a). One discriminator
    separates y from one-hot samples of Cat(1/K), another z from samples of p(z). D
    stands for both, and every term with D is a sum over the two:

    reconstruction:  encoder, decoder   minimize  E_x loss(x, decoder(z, y))
    discrimination:  discriminators     minimize  -E log D(prior) - E_x log(1 - D(code))
    regularization:  encoder            minimize  -E_x log D(code)

    So y becomes one of K clusters of equal size, and z the remaining variation. With a
    radius, another phase keeps the decision boundaries away from images:

    smoothing:       encoder            minimize  E_x KL(q(y|x) || q(y|x + r))

    with r of length `radius` in the direction that changes q(y|x) most, found by one
    step of power iteration from a random direction.

    Args:
        encoder: images -> (batch, K + latent_dim), a and then z.
        decoder: Decoder; see the subclasses.
        style_discriminator: z -> logit, (batch, 1).
        category_discriminator: y -> logit, (batch, 1).
        sharpness: Factor of the logits of y. If the encoder's outputs are normalized
            over the batch, so that no category can win all images, 1 leaves y
            undecided.
        radius: Length of r in pixel values from 0 to 1; 0 for no smoothing. A number or
            a Keras schedule over steps.
        joint_smoothing: Whether the regularization phase also minimizes the smoothing
            term. In a phase of its own, Adam rescales it to the size of the adversarial
            updates, however small it is.
        prior, components, loss, regularization_weight, input_noise, augmentation, seed:
            See `PriorMatchingModel`; the prior is that of z.

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        sections 5 and 6; Distributional Smoothing with Virtual Adversarial Training
        (Miyato, Maeda, Koyama, Nakae, Ishii, 2015), section 3, for the smoothing.
    """

    terms = (
        "reconstruction_loss",
        "discrimination",
        "regularization",
        *STYLE_ACCURACIES,
        *CATEGORY_ACCURACIES,
    )
    maximized = (*STYLE_ACCURACIES, *CATEGORY_ACCURACIES)
    heads = ("codes",)
    builders = (build_autoencoder_networks, build_discriminator)

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        style_discriminator: keras.Model,
        category_discriminator: keras.Model,
        *,
        sharpness: Positive = 1.0,
        radius: Weight = 0.0,
        joint_smoothing: bool = False,
        **kwargs: Any,
    ):
        smoothing = ("smoothing",) if radius != 0 else ()
        terms = (*type(self).terms, *smoothing)
        super().__init__(encoder, decoder, terms=terms, **kwargs)
        self.sharpness, self.radius = sharpness, radius
        self.joint_smoothing = joint_smoothing
        self.pixel_noise = self.pixel_noise or radius != 0
        self.style_discriminator = style_discriminator
        self.category_discriminator = category_discriminator

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Build the encoder, the decoder, and the discriminators of z and of y."""
        coders = cls.build_autoencoder(image_shape, cls.heads, **options)
        return (*coders, *cls.build_discriminators(**options))

    @classmethod
    def build_discriminators(
        cls, *, latent_dim: int, classes: Width = 10, **options: Any
    ) -> tuple[keras.Model, keras.Model]:
        """Build the discriminators of z and of y."""
        critic = pick(build_discriminator, options)
        return (
            build_discriminator(latent_dim, name="style_discriminator", **critic),
            build_discriminator(classes, name="category_discriminator", **critic),
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Build the model from the values of `get_config`; `posterior` is ignored."""
        return super().from_config({k: config[k] for k in config if k != "posterior"})

    @property
    def categories(self) -> Categorical:
        """Prior of y."""
        return Categorical(self.encoder.output_shape[-1] - self.latent_dim)

    def phases(self) -> list[Phase]:
        """Return the phases; smoothing is one of them if it is not joint."""
        discriminators = (self.style_discriminator, self.category_discriminator)
        phases = [
            Phase("reconstruction", self.reconstruction, (self.encoder, self.decoder)),
            Phase("discrimination", self.discrimination, discriminators),
            Phase("regularization", self.regularization, (self.encoder,)),
        ]
        if self.radius != 0 and not self.joint_smoothing:
            phases.append(Phase("smoothing", self.smoothing, (self.encoder,)))
        return phases

    def reconstruction(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the mean reconstruction loss of a batch."""
        y, z = self.category_and_style(batch.x, training)
        logits = self.decoder_logits(y, z, training)
        loss = ops.mean(RECONSTRUCTION_LOSSES[self.loss_name](batch.x, logits))
        return loss, {"reconstruction_loss": loss}

    def discrimination(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute both discriminators' losses on codes and as many prior samples."""
        n, seed = ops.shape(batch.x)[0], self.seed_generator
        y, z = self.category_and_style(batch.x, training)
        logits_y, logits_z = self.category_discriminator, self.style_discriminator
        real_y, fake_y = logits_y(self.categories.sample(n, seed)), logits_y(y)
        real_z, fake_z = logits_z(self.matched_prior.sample(n, seed)), logits_z(z)
        loss = real_loss(real_y) + fake_loss(fake_y)
        loss = loss + real_loss(real_z) + fake_loss(fake_z)
        return loss, {
            "discrimination": loss,
            "discriminator_accuracy_codes": 1.0 - fraction_positive(fake_z),
            "discriminator_accuracy_prior": fraction_positive(real_z),
            "discriminator_accuracy_categories": 1.0 - fraction_positive(fake_y),
            "discriminator_accuracy_category_prior": fraction_positive(real_y),
        }

    def regularization(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the generator losses of both codes."""
        y, z = self.category_and_style(batch.x, training)
        adversarial = non_saturating(self.category_discriminator(y))
        adversarial = adversarial + non_saturating(self.style_discriminator(z))
        loss = self.weight(self.regularization_weight) * adversarial
        terms = {"regularization": adversarial}
        if self.radius == 0 or not self.joint_smoothing:
            return loss, terms
        change, smoothing = self.smoothing(batch, training)
        return loss + change, {**terms, **smoothing}

    def smoothing(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the KL divergence that the adversarial r causes, in nats."""
        x = batch.x
        start = unit_length(keras.random.normal(ops.shape(x), seed=self.seed_generator))

        # With running averages: batch statistics would let r act on other images.
        def change(r: Tensor) -> Tensor:
            return ops.sum(self.divergence(x, r, training=False))

        slope = engine.input_gradient(self, change, start)
        worst = self.weight(self.radius) * unit_length(slope)
        loss = ops.mean(self.divergence(x, worst, training))
        return loss, {"smoothing": loss}

    def divergence(self, x: Tensor, r: Tensor, training: bool) -> Tensor:
        """Compute KL(q(y|x) || q(y|x + r)), q(y|x) held fixed, in nats, (batch,)."""
        logits = ops.stop_gradient(self.logits_without_updating_statistics(x, training))
        return categorical_kl(
            logits, self.logits_without_updating_statistics(x + r, training)
        )

    def category_and_style(self, x: Tensor, training: bool) -> tuple[Tensor, Tensor]:
        """Compute y, (batch, K), and z, (batch, latent_dim), with noise in training."""
        logits, z = self.split_codes(self.corrupted(x, training), training)
        return ops.softmax(logits), z

    def split_codes(self, x: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
        """Compute the logits of y, (batch, K), and z, (batch, latent_dim)."""
        return self._split(self.encoder(x, training=training))

    def logits_without_updating_statistics(self, x: Tensor, training: bool) -> Tensor:
        """Compute the logits of y without updating running averages."""
        return self._split(call_without_updating_statistics(self.encoder, x, training))[
            0
        ]

    def _split(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        classes = self.categories.latent_dim
        return self.sharpness * codes[:, :classes], codes[:, classes:]

    def encode_with_noise(
        self, x: Tensor, noise: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the style z, which is matched to its prior."""
        del noise
        return self.split_codes(x, training)[1]

    def decoder_logits(self, y: Tensor, z: Tensor, training: bool = False) -> Tensor:
        """Compute the decoder's logits of categories and styles."""
        raise NotImplementedError

    def call(self, x: Tensor) -> Tensor:
        """Reconstruct images from both codes."""
        y, z = self.category_and_style(as_tensor_images(x), False)
        return ops.sigmoid(self.decoder_logits(y, z))

    def class_logits(self, x: Tensor) -> Tensor:
        """Compute the logits of y, (batch, K)."""
        return self.split_codes(x)[0]

    def warnings_from(self, row: dict[str, Any]) -> dict[str, str]:
        return {
            **super().warnings_from(row),
            **discriminator_dominates(row, STYLE_ACCURACIES),
            **discriminator_dominates(row, CATEGORY_ACCURACIES),
        }


def unit_length(x: Tensor) -> Tensor:
    """Divide images by their Euclidean norms, (batch, H, W, C); zeros stay zeros."""
    squares = ops.sum(ops.square(x), axis=(1, 2, 3), keepdims=True)
    return x / ops.sqrt(squares + 1e-24)


@keras.saving.register_keras_serializable("keras_aae")
class ClusteringAAE(CategoricalAAE):
    """A `CategoricalAAE` with a decoder of style and category, [z, y] -> logits.

    References:
        Adversarial Autoencoders (Makhzani et al., 2015), section 6.
    """

    defaults = {"latent_dim": 10, "classes": 16}
    decodes_classes = True

    @classmethod
    def build_autoencoder(
        cls,
        image_shape: ImageShape,
        heads: tuple[str, ...],
        *,
        latent_dim: int,
        classes: int,
        **options: Any,
    ) -> tuple[keras.Model, keras.Model]:
        """Build an encoder of both codes, and a decoder that takes both."""
        encoder, wide = super().build_autoencoder(
            image_shape, heads, latent_dim=classes + latent_dim, **options
        )
        return encoder, condition_on_classes(wide, latent_dim, classes)

    @property
    def class_decoder(self) -> ClassDecoder:
        """The decoder, which takes category numbers."""
        return ClassDecoder(self.decoder)

    @property
    def classes(self) -> int:
        """Number of categories."""
        return self.class_decoder.classes

    def decoder_logits(self, y: Tensor, z: Tensor, training: bool = False) -> Tensor:
        return self.decoder([z, y], training=training)

    def decode(self, z: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        """Decode styles conditioned on categories; see `ClassDecoder.decode`."""
        return self.class_decoder.decode(self, z, labels)

    def reconstruct(
        self, x: np.ndarray, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Reconstruct images with the given categories or with their own."""
        if labels is None:
            return super().reconstruct(x)
        return self.decode(self.encode(x), labels)

    def generate(
        self, n: int, seed: int = 0, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Generate `n` images of the given categories, or of all categories in turn."""
        return self.class_decoder.generate(self, n, seed, labels)


@keras.saving.register_keras_serializable("keras_aae")
class SemiSupervisedAAE(ClusteringAAE):
    """A `ClusteringAAE` whose categories are classes, learned from a few labels.

    classification:  encoder   minimize  -E log q(y = label|x)

    The classification is over the labeled images, after the phases on all images, which
    use no labels.

    References:
        Adversarial Autoencoders (Makhzani et al., 2015), section 5.
    """

    terms = (*ClusteringAAE.terms, "classification", "classification_error")
    batches = ("images", LABELED)
    defaults = {"latent_dim": 10, "classes": 10}
    uses_labels = True

    @property
    def label_classes(self) -> int:
        """Number of classes of the labels."""
        return self.classes

    def phases(self) -> list[Phase]:
        """Return the phases without labels, and the classification."""
        classification = Phase(
            "classification", self.classification, (self.encoder,), LABELED
        )
        return [*super().phases(), classification]

    def classification(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the cross-entropy of labeled images, in nats, and the error rate."""
        x = self.corrupted(batch.x, training)
        logits = self.logits_without_updating_statistics(x, training)
        loss = ops.mean(cross_entropy(batch.labels, logits))
        error = ops.mean(zero_one_loss(batch.labels, logits))
        return loss, {"classification": loss, "classification_error": error}
