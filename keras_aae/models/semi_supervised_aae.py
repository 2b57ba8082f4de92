"""Adversarial autoencoders with a category and a style: clusters, and few labels."""

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

    The encoder gives logits a and beside them z, and y = softmax(sharpness a). One
    discriminator tells y from one-hot draws of Cat(1/K), another z from draws of p(z); D
    stands for both and every term with D is a sum over the two:

    reconstruction:  encoder, decoder   minimize  E_x loss(x, decoder(z, y))
    discrimination:  discriminators     minimize  -E log D(prior) - E_x log(1 - D(code))
    regularization:  encoder            minimize  -E_x log D(code)

    So y becomes one of K clusters of equal size, and z what they leave. With a radius,
    one more phase keeps the borders of clusters away from images:

    smoothing:       encoder            minimize  E_x KL(q(y|x) || q(y|x + r))

    with r of length `radius` in the direction that changes q(y|x) most: one step of power
    iteration from a random one.

    Args:
        encoder: images -> (batch, K + latent_dim), a and then z.
        decoder: As the family says.
        style_discriminator: z -> logit, (batch, 1).
        category_discriminator: y -> logit, (batch, 1).
        sharpness: Of y. With 1, outputs of the encoder that are normalized over the
            batch, so that no category can win all images, are too small to decide y.
        radius: Length of r, 0 for no such phase; pixels are in [0, 1]. A number or a
            Keras schedule over steps.
        joint_smoothing: Whether regularization minimizes that instead, in addition. In a
            phase of its own Adam makes it as strong as the game, however small it is.
        prior, components, loss, regularization_weight, input_noise, augmentation, seed:
            As of `PriorMatchingModel`; the prior is that of z.

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
        """Return the encoder, the decoder, and the discriminators of z and of y."""
        coders = cls.build_autoencoder(image_shape, cls.heads, **options)
        return (*coders, *cls.build_discriminators(**options))

    @classmethod
    def build_discriminators(
        cls, *, latent_dim: int, classes: Width = 10, **options: Any
    ) -> tuple[keras.Model, keras.Model]:
        """Return the discriminators of z and of y."""
        critic = pick(build_discriminator, options)
        return (
            build_discriminator(latent_dim, name="style_discriminator", **critic),
            build_discriminator(classes, name="category_discriminator", **critic),
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Build the model of a config; older ones name the only posterior."""
        return super().from_config({k: config[k] for k in config if k != "posterior"})

    @property
    def categories(self) -> Categorical:
        """The prior of y."""
        return Categorical(self.encoder.output_shape[-1] - self.latent_dim)

    def phases(self) -> list[Phase]:
        """Return reconstruction, discrimination, regularization, perhaps smoothing."""
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
        """Compute the losses of both discriminators on codes and as many prior samples."""
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
        """Compute the generator losses of both codes, by the updated discriminators."""
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
        """Compute how far the worst r changes q(y|x), in nats."""
        x = batch.x
        start = unit_length(keras.random.normal(ops.shape(x), seed=self.seed_generator))

        # By running averages, or r would move the other images of its batch instead.
        def change(r: Tensor) -> Tensor:
            return ops.sum(self.divergence(x, r, training=False))

        slope = engine.input_gradient(self, change, start)
        worst = self.weight(self.radius) * unit_length(slope)
        loss = ops.mean(self.divergence(x, worst, training))
        return loss, {"smoothing": loss}

    def divergence(self, x: Tensor, r: Tensor, training: bool) -> Tensor:
        """Compute KL(q(y|x) || q(y|x + r)), q(y|x) held fixed, nats, (batch,)."""
        logits = ops.stop_gradient(self.logits_without_updating_statistics(x, training))
        return categorical_kl(
            logits, self.logits_without_updating_statistics(x + r, training)
        )

    def category_and_style(self, x: Tensor, training: bool) -> tuple[Tensor, Tensor]:
        """Return y, (batch, K), and z, (batch, latent_dim), of noisy images in training."""
        logits, z = self.split_codes(self.corrupted(x, training), training)
        return ops.softmax(logits), z

    def split_codes(self, x: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
        """Return the logits of y, sharpness a, (batch, K), and z, (batch, latent_dim)."""
        return self._split(self.encoder(x, training=training))

    def logits_without_updating_statistics(self, x: Tensor, training: bool) -> Tensor:
        """Compute the logits of y without a trace in running averages."""
        return self._split(call_without_updating_statistics(self.encoder, x, training))[
            0
        ]

    def _split(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        classes = self.categories.latent_dim
        return self.sharpness * codes[:, :classes], codes[:, classes:]

    def encode_with_noise(
        self, x: Tensor, noise: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Return the style z, which is compared with its prior."""
        del noise
        return self.split_codes(x, training)[1]

    def decoder_logits(self, y: Tensor, z: Tensor, training: bool = False) -> Tensor:
        """Compute the logits of the images of categories and styles."""
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
    """Return images divided by their Euclidean lengths, (batch, H, W, C); zeros stay zeros."""
    squares = ops.sum(ops.square(x), axis=(1, 2, 3), keepdims=True)
    return x / ops.sqrt(squares + 1e-24)


@keras.saving.register_keras_serializable("keras_aae")
class ClusteringAAE(CategoricalAAE):
    """A `CategoricalAAE` whose decoder is given category and style: [z, y] -> logits.

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
        """Return an encoder of both codes, and a decoder that takes both."""
        encoder, wide = super().build_autoencoder(
            image_shape, heads, latent_dim=classes + latent_dim, **options
        )
        return encoder, condition_on_classes(wide, latent_dim, classes)

    @property
    def class_decoder(self) -> ClassDecoder:
        """The decoder, called with category numbers."""
        return ClassDecoder(self.decoder)

    @property
    def classes(self) -> int:
        """How many categories there are."""
        return self.class_decoder.classes

    def decoder_logits(self, y: Tensor, z: Tensor, training: bool = False) -> Tensor:
        return self.decoder([z, y], training=training)

    def decode(self, z: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        """Return the images of styles and categories; see `ClassDecoder.decode`."""
        return self.class_decoder.decode(self, z, labels)

    def reconstruct(
        self, x: np.ndarray, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Return images encoded and decoded, as of given or of their own categories."""
        if labels is None:
            return super().reconstruct(x)
        return self.decode(self.encode(x), labels)

    def generate(
        self, n: int, seed: int = 0, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Return `n` images of given categories, or of all in turn."""
        return self.class_decoder.generate(self, n, seed, labels)


@keras.saving.register_keras_serializable("keras_aae")
class SemiSupervisedAAE(ClusteringAAE):
    """A `ClusteringAAE` whose categories are classes, learned from a few labels.

    classification:  encoder   minimize  -E log q(y = label|x)

    over the labeled images, after the three phases on all images without their labels.

    References:
        Adversarial Autoencoders (Makhzani et al., 2015), section 5.
    """

    terms = (*ClusteringAAE.terms, "classification", "classification_error")
    batches = ("images", LABELED)
    defaults = {"latent_dim": 10, "classes": 10}
    uses_labels = True

    @property
    def label_classes(self) -> int:
        """How many classes labels may be of."""
        return self.classes

    def phases(self) -> list[Phase]:
        """Return those without labels, and classification."""
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
