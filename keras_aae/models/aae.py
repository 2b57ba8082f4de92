"""Adversarial autoencoders, with and without labels, and Wasserstein autoencoders."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.abilities import HasComponents, supports
from keras_aae.checks import Deviation, ImageShape, Share, Tensor, pick
from keras_aae.engine import Phase
from keras_aae.engine.batch import Batch, Terms
from keras_aae.errors import RecipeError
from keras_aae.losses.adversarial import (
    GENERATOR_LOSSES,
    GeneratorLoss,
    discriminator_dominates,
    fake_loss,
    fraction_positive,
    real_loss,
)
from keras_aae.losses.distances import Kernel, mmd
from keras_aae.models.base.conditional import ClassDecodingModel, check_labels
from keras_aae.models.base.generator import fixed_prior
from keras_aae.models.base.prior_matching import Posterior, PriorMatchingModel
from keras_aae.networks.discriminator import build_discriminator


@keras.saving.register_keras_serializable("keras_aae")
class AAE(PriorMatchingModel):
    """An autoencoder that matches its codes to a prior through a discriminator.

    A step has three phases, each with the weights that the previous one updated:

    reconstruction:  encoder, decoder   minimize  E_x loss(x, decoder(z))
    discrimination:  discriminator      minimize  -E log D(z_p) - E_x log(1 - D(z))
    regularization:  encoder            minimize  -E_x log D(z)

    with z a sample of q(z|x) and z_p a sample of the prior. `joint` merges the first
    and the last phase into one, after the discrimination: encoder and decoder minimize
    loss + regularization_weight (-log D(z)), the Wasserstein autoencoder WAE-GAN.

    Args:
        encoder, decoder, prior, components, loss, regularization_weight, input_noise,
            augmentation, seed: See `PriorMatchingModel`.
        discriminator: codes -> logit, (batch, 1).
        posterior: Kind of q(z|x): "deterministic", "gaussian" or "noise".
        joint: Whether encoder and decoder share one phase and one optimizer.
        generator_loss: Loss of the codes: "non-saturating" as above, or "minimax",
            E_x log(1 - D(z)).
        label_smoothing: Smoothing s; the discriminator's target on prior samples is
            1 - s.
        discriminator_noise: Standard deviation of the noise on the discriminator's
            input in training; a number or a Keras schedule over steps.
        separate_updates: Whether the discriminator has two updates per step, on prior
            samples and then on codes.

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        section 2; Wasserstein Auto-Encoders (Tolstikhin, Bousquet, Gelly, Schoelkopf,
        2017), algorithm 1.
    """

    terms = (
        "reconstruction_loss",
        "discrimination",
        "regularization",
        "discriminator_accuracy_codes",
        "discriminator_accuracy_prior",
    )
    maximized = ("discriminator_accuracy_codes", "discriminator_accuracy_prior")
    builders = (*PriorMatchingModel.builders, build_discriminator)

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        discriminator: keras.Model,
        *,
        posterior: Posterior = "deterministic",
        joint: bool = False,
        generator_loss: GeneratorLoss = "non-saturating",
        label_smoothing: Share = 0.0,
        discriminator_noise: Deviation = 0.0,
        separate_updates: bool = False,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, **kwargs)
        self.posterior_name, self.discriminator = posterior, discriminator
        self.joint, self.separate_updates = joint, separate_updates
        self.generator_loss, self.label_smoothing = generator_loss, label_smoothing
        self.discriminator_noise = discriminator_noise

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Build the encoder, the decoder and the discriminator."""
        networks = super().build_networks(image_shape, **options)
        return (*networks, cls.build_discriminator(**options))

    @classmethod
    def build_discriminator(
        cls, condition_width: int = 0, *, latent_dim: int, **options: Any
    ) -> keras.Model:
        """Build a discriminator, conditioned on one-hot vectors of a given width."""
        critic = pick(build_discriminator, options)
        return build_discriminator(latent_dim, condition_width, **critic)

    def phases(self) -> list[Phase]:
        """Return the phases: reconstruction, discrimination and regularization."""
        autoencoder = (self.encoder, self.decoder)
        if self.joint:
            both = self.regularized_reconstruction
            return [
                *self._discriminations(),
                Phase("reconstruction", both, autoencoder),
            ]
        return [
            Phase("reconstruction", self.reconstruction, autoencoder),
            *self._discriminations(),
            Phase("regularization", self.regularization, (self.encoder,)),
        ]

    def _discriminations(self) -> list[Phase]:
        parts = (self.discrimination,)
        if self.separate_updates:
            parts = (self.discrimination_of_prior, self.discrimination_of_codes)
        return [Phase("discrimination", part, (self.discriminator,)) for part in parts]

    def discrimination(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the discriminator's loss on codes and as many prior samples."""
        of_prior, prior_terms = self.discrimination_of_prior(batch, training)
        of_codes, code_terms = self.discrimination_of_codes(batch, training)
        loss = of_prior + of_codes
        return loss, {**prior_terms, **code_terms, "discrimination": loss}

    def discrimination_of_prior(
        self, batch: Batch, training: bool
    ) -> tuple[Tensor, Terms]:
        """Compute the discriminator's loss on as many prior samples as images."""
        z = self.sample_prior(batch)
        logits = self.discriminator_logits(z, batch.labels, training)
        loss = real_loss(logits, self.label_smoothing)
        # Doubled, since the mean of the two updates is reported.
        terms = {
            "discrimination": 2 * loss,
            "discriminator_accuracy_prior": fraction_positive(logits),
        }
        return loss, terms

    def discrimination_of_codes(
        self, batch: Batch, training: bool
    ) -> tuple[Tensor, Terms]:
        """Compute the discriminator's loss on the codes of a batch."""
        logits = self.discriminator_logits(
            self.sample_codes_tensor(batch.x, training), batch.labels, training
        )
        loss = fake_loss(logits)
        right = 1.0 - fraction_positive(logits)
        return loss, {"discrimination": 2 * loss, "discriminator_accuracy_codes": right}

    def penalty(self, z: Tensor, labels: Tensor | None, training: bool) -> Tensor:
        """Compute the generator loss of codes under the current discriminator."""
        logits = self.discriminator_logits(z, labels, training)
        return GENERATOR_LOSSES[self.generator_loss](logits)

    def sample_prior(self, batch: Batch) -> Tensor:
        """Draw a prior sample for each image of a batch, (batch, latent_dim)."""
        return self.prior.sample(ops.shape(batch.x)[0], self.seed_generator)

    @property
    def num_condition_classes(self) -> int:
        """Number of classes that condition the discriminator, without "unknown"."""
        inputs = self.discriminator.inputs
        return inputs[1].shape[-1] - 1 if len(inputs) > 1 else 0

    def discriminator_logits(
        self, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the discriminator's logits of codes, (batch, 1).

        Args:
            z: Codes.
            labels: Class numbers, (batch,), -1 for unknown; None if all are unknown. An
                unconditional discriminator ignores them.
            training: Whether noise is added.
        """
        z, unknown = self.blurred(z, training), self.num_condition_classes
        if not unknown:
            return self.discriminator(z, training=training)
        if labels is None:
            labels = ops.full((ops.shape(z)[0],), -1, "int32")
        condition = ops.where(labels < 0, unknown, labels)
        one_hot = ops.one_hot(condition, unknown + 1, dtype=z.dtype)
        return self.discriminator([z, one_hot], training=training)

    def blurred(self, z: Tensor, training: bool) -> Tensor:
        """Return the discriminator's input: codes, with noise in training."""
        if not training or self.discriminator_noise == 0:
            return z
        noise = keras.random.normal(ops.shape(z), seed=self.seed_generator)
        return z + self.weight(self.discriminator_noise) * noise

    def discriminate(
        self, z: np.ndarray, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Return the discriminator's probability that codes are prior samples, (n,).

        Args:
            z: Codes, (n, latent_dim).
            labels: Classes that condition the discriminator, -1 for unknown; None if
                all are unknown.

        Raises:
            DataError: the codes or labels have another shape or range.
        """
        z = self.check_codes(z)
        labels = np.full(len(z), -1) if labels is None else labels
        labels = check_labels(labels, len(z), self.num_condition_classes, least=-1)
        return self.map("discriminate", _discriminate, z, labels)

    def warnings_from(self, row: dict[str, Any]) -> dict[str, str]:
        return super().warnings_from(row) | discriminator_dominates(
            row, ("discriminator_accuracy_codes", "discriminator_accuracy_prior")
        )


@keras.saving.register_keras_serializable("keras_aae")
class LabeledAAE(AAE):
    """An AAE whose discriminator is conditioned on classes, some of them unknown.

    The discriminator is D(z, y), with y one-hot over the classes and "unknown". Codes
    of class k are compared with samples of component k of the prior, codes without a
    label with samples of the whole prior. So each class is matched to its own
    component.

    Args:
        encoder, decoder, ..., separate_updates: See `AAE`.
        discriminator: [codes, one-hot of components + 1] -> logit.
        prior: Key of a prior with components, for example "umbrella".

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        section 2.3.
    """

    defaults = {"latent_dim": 2, "prior": "umbrella"}
    uses_labels = True
    components_are_classes = True

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        discriminator: keras.Model,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, discriminator, **kwargs)
        if not supports(self.prior, HasComponents):
            raise RecipeError(
                f"Invalid prior {self.prior_name!r}. Expected a prior with components, "
                "one for each class. Use, for example, umbrella."
            )

    @classmethod
    def build_discriminator(
        cls, *, prior: str, components: int, latent_dim: int, **options: Any
    ) -> keras.Model:
        """Build a discriminator conditioned on the prior's components or "unknown"."""
        distribution = fixed_prior(prior, latent_dim, components, seed=0)
        condition_width = (
            distribution.num_classes + 1 if supports(distribution, HasComponents) else 0
        )
        return super().build_discriminator(
            condition_width, latent_dim=latent_dim, **options
        )

    @property
    def label_classes(self) -> int:
        """Number of classes of the labels, that of the prior's components."""
        return self.prior.num_classes

    def sample_prior(self, batch: Batch) -> Tensor:
        """Draw a prior sample of each image's class, of any class if unknown."""
        labels = batch.labels
        if labels is None:
            return super().sample_prior(batch)
        shape = (ops.shape(labels)[0],)
        anything = keras.random.randint(
            shape, 0, self.prior.num_classes, seed=self.seed_generator
        )
        classes = ops.where(labels < 0, anything, ops.cast(labels, anything.dtype))
        return self.prior.sample_components(classes, self.seed_generator)


@keras.saving.register_keras_serializable("keras_aae")
class SupervisedAAE(ClassDecodingModel, AAE):
    """An AAE whose decoder is conditioned on the class, so that codes encode the style.

    The reconstruction loss is loss(x, decoder(z, y)); the adversarial losses are those
    of `AAE`. A conditional discriminator, D(z, y), matches the styles of each class to
    the prior, not only those of all images together.

    Args:
        encoder, ..., separate_updates: See `AAE`.
        decoder: [codes, one-hot classes] -> logits of the images.
        discriminator: codes, or [codes, one-hot of classes + 1] -> logit. In training,
            half of its classes are set to "unknown", so that it works without them.

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        section 4.
    """

    defaults = {"latent_dim": 10}

    @classmethod
    def build_discriminator(
        cls, *, classes: int, conditional_discriminator: bool = False, **options: Any
    ) -> keras.Model:
        """Build a discriminator, conditioned on classes if it is conditional."""
        condition_width = classes + 1 if conditional_discriminator else 0
        return super().build_discriminator(condition_width, **options)

    def discriminator_logits(
        self, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the logits of codes, (batch, 1); see `AAE.discriminator_logits`."""
        if training and self.num_condition_classes and labels is not None:
            withheld = keras.random.uniform(ops.shape(labels), seed=self.seed_generator)
            labels = ops.where(withheld < 0.5, -1, labels)
        return super().discriminator_logits(z, labels, training)


@keras.saving.register_keras_serializable("keras_aae")
class WAE(PriorMatchingModel):
    """A Wasserstein autoencoder that compares codes with the prior by MMD.

    minimize  E_x loss(x, decoder(z)) + regularization_weight MMD^2(q(z), p(z))

    q(z) is the distribution of codes over all images; MMD^2 is estimated from a batch
    and as many prior samples. For WAE-GAN, which has a discriminator instead, see
    `joint` of `AAE`.

    Args:
        encoder, decoder, ..., seed: See `PriorMatchingModel`.
        posterior: See `AAE`.
        kernel: Kernel: "imq", a sum of inverse multiquadratics of seven scales, or
            "rbf", a Gaussian.

    References:
        Wasserstein Auto-Encoders (Tolstikhin, Bousquet, Gelly, Schoelkopf, 2017),
        algorithm 2.
    """

    terms = ("reconstruction_loss", "regularization")

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        posterior: Posterior = "deterministic",
        kernel: Kernel = "imq",
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, **kwargs)
        self.posterior_name, self.kernel = posterior, kernel

    def phases(self) -> list[Phase]:
        """Return the only phase, the reconstruction with the penalty."""
        networks = (self.encoder, self.decoder)
        return [Phase("reconstruction", self.regularized_reconstruction, networks)]

    def penalty(self, z: Tensor, labels: Tensor | None, training: bool) -> Tensor:
        """Compute MMD^2 between the codes of a batch and as many prior samples."""
        del labels, training
        prior = self.prior.sample(ops.shape(z)[0], self.seed_generator)
        return mmd(z, prior, self.kernel)


def _discriminate(model: Any, z: Tensor, labels: Tensor | None) -> Tensor:
    return ops.sigmoid(model.discriminator_logits(z, labels)[:, 0])
