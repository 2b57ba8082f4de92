"""Generative adversarial networks of images, with logistic or Wasserstein losses."""

from typing import Annotated, Any, Self

import keras
import numpy as np
from keras import ops

from keras_aae.checks import (
    Choice,
    ImageShape,
    Repeats,
    Seed,
    Share,
    Tensor,
    Weight,
    Width,
    pick,
)
from keras_aae.engine import Phase
from keras_aae.engine.backend import engine
from keras_aae.engine.batch import Batch, Terms
from keras_aae.engine.networks import (
    call_without_updating_statistics,
    has_batch_normalization,
)
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import RecipeError
from keras_aae.lookup import current_keys
from keras_aae.losses.adversarial import GENERATOR_LOSSES, fake_loss, real_loss
from keras_aae.losses.wasserstein import (
    feature_distance,
    gradient_penalty,
    interpolate,
    wasserstein_distance,
    wasserstein_generator_loss,
)
from keras_aae.models.base.generator import GeneratingModel, PriorName, fixed_prior
from keras_aae.networks.dcgan import build_dcgan_networks

LOSSES = {**GENERATOR_LOSSES, "wasserstein": wasserstein_generator_loss}
DOMINANT = 0.95  # mean probability of the right answer


@keras.saving.register_keras_serializable("keras_aae")
class GAN(GeneratingModel):
    """A generator of images, trained against a discriminator.

    A step has two phases, each repeated `discriminator_steps` or `generator_steps`
    times on the same images and on new samples z of the prior:

    discrimination:  discriminator  minimize  -E_x log D(x) - E_z log(1 - D(G(z)))
    generation:      generator      minimize  -E_z log D(G(z))

    At chance level, D is 1/2 everywhere and the first objective 2 log 2 = 1.386.
    "wasserstein" has a critic f, whose outputs are unbounded, with a penalty on its
    gradients between real and generated images, y = e x + (1 - e) G(z), e uniform in
    [0, 1]:

    discrimination:  discriminator  minimize  E_z f(G(z)) - E_x f(x)
                                     + gradient_penalty_weight E (||f'(y)|| - 1)^2
    generation:      generator      minimize  -E_z f(G(z))

    Images are in [0, 1] and the generator's outputs are logits, as in all models here.
    The discriminator scales images to [-1, 1], where a sigmoid of logits is a tanh.

    With a feature matching weight w, the generator also minimizes
    w || E_x h(x) - E_z h(G(z)) ||^2, h the discriminator's last features.

    Args:
        generator: codes -> logits of images.
        discriminator: images -> logit (batch, 1), or [logit, features].
        loss: Adversarial loss: "non-saturating" as above; "minimax", where the
            generator minimizes E_z log(1 - D(G(z))); or "wasserstein".
        prior: Key of `registry.PRIORS`, except for the learned prior.
        components: Number of the prior's components, if it has components.
        discriminator_steps, generator_steps: Number of updates of each per step.
        feature_matching_weight: Weight w; a number or a Keras schedule over steps.
        label_smoothing: Smoothing s; the discriminator's target on real images is
            1 - s.
        gradient_penalty_weight: Weight of the gradient penalty; a number or a Keras
            schedule over steps.
        seed: Seed of the model's random numbers.

    Raises:
        RecipeError: feature matching without features, or a critic with batch
            normalization, whose gradient for an image depends on the rest of the batch.

    References:
        Generative Adversarial Nets (Goodfellow et al., 2014), algorithm 1; Improved
        Techniques for Training GANs (Salimans et al., 2016), sections 3.1 and 3.4;
        Improved Training of Wasserstein GANs (Gulrajani et al., 2017), algorithm 1 and
        section 4.
    """

    terms = ("discrimination", "generation", "probability_real", "probability_fake")
    builders = (build_dcgan_networks,)
    discriminates_images = True

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        loss: Annotated[str, Choice(LOSSES)] = "non-saturating",
        prior: PriorName = "uniform",
        components: Width = 10,
        discriminator_steps: Repeats = 1,
        generator_steps: Repeats = 1,
        feature_matching_weight: Weight = 0.0,
        label_smoothing: Share = 0.0,
        gradient_penalty_weight: Weight = 10.0,
        seed: Seed = 0,
        **kwargs: Any,
    ):
        self._check(discriminator, loss, feature_matching_weight)
        super().__init__(
            seed=seed,
            terms=_terms(loss == "wasserstein", feature_matching_weight),
            **kwargs,
        )
        self.generator, self.discriminator = generator, discriminator
        width = generator.inputs[0].shape[-1]
        self.prior = fixed_prior(prior, width, components, seed)
        self.prior_name, self.components, self.loss_name = prior, components, loss
        self.discriminator_steps = discriminator_steps
        self.generator_steps = generator_steps
        self.label_smoothing = label_smoothing
        self.feature_matching_weight = feature_matching_weight
        self.gradient_penalty_weight = gradient_penalty_weight
        self.built = True

    @staticmethod
    def _check(
        discriminator: keras.Model, loss: str, feature_matching_weight: Any
    ) -> None:
        if loss == "wasserstein" and has_batch_normalization(discriminator):
            raise RecipeError(
                "Invalid critic for the loss 'wasserstein'. Expected one without batch "
                "normalization, since the gradient penalty is computed for each image "
                "separately. Use layer normalization or none."
            )
        if feature_matching_weight != 0 and len(discriminator.outputs) < 2:
            raise RecipeError(
                f"Invalid feature_matching_weight {feature_matching_weight}. Expected "
                "0, since this discriminator returns only a logit. Or use a "
                "discriminator that returns [logit, features]."
            )

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, *, loss: str, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Build the generator and the discriminator; a critic is not normalized."""
        architecture = pick(build_dcgan_networks, options)
        return build_dcgan_networks(image_shape, loss != "wasserstein", **architecture)

    def decoding_network(self) -> keras.Model:
        """Return the generator."""
        return self.generator

    @property
    def has_critic(self) -> bool:
        """True if the discriminator is a critic, with unbounded outputs."""
        return self.loss_name == "wasserstein"

    def phases(self) -> list[Phase]:
        """Return the phases: discrimination and generation, each repeated."""
        objective = self.critic_loss if self.has_critic else self.discrimination
        discrimination = Phase("discrimination", objective, (self.discriminator,))
        generation = Phase("generation", self.generation, (self.generator,))
        return [
            *self.discriminator_steps * [discrimination],
            *self.generator_steps * [generation],
        ]

    def discrimination(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the discriminator's loss on images and as many generated ones."""
        fake = self.fakes(batch, training)
        of_real, _ = self.discriminator_logits(batch.x, training)
        of_fake, _ = self.discriminator_logits(fake, training)
        loss = real_loss(of_real, self.label_smoothing) + fake_loss(of_fake)
        return loss, {
            "discrimination": loss,
            "probability_real": ops.mean(ops.sigmoid(of_real)),
            "probability_fake": ops.mean(ops.sigmoid(of_fake)),
        }

    def critic_loss(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the critic's loss on images and as many generated ones."""
        fake = self.fakes(batch, training)
        of_real, of_fake = (
            self.discriminator_logits(x, training)[0] for x in (batch.x, fake)
        )
        distance = wasserstein_distance(of_real, of_fake)
        penalty = self.gradient_penalty(batch.x, fake, training)
        loss = self.weight(self.gradient_penalty_weight) * penalty - distance
        return loss, {
            "discrimination": loss,
            "wasserstein_distance": distance,
            "gradient_penalty": penalty,
        }

    def gradient_penalty(self, real: Tensor, fake: Tensor, training: bool) -> Tensor:
        """Compute the critic's gradient penalty at random interpolations."""
        shape = (ops.shape(real)[0], 1, 1, 1)
        shares = keras.random.uniform(shape, seed=self.seed_generator)
        gradients = engine.input_gradient(
            self,
            lambda x: ops.sum(self.discriminator_logits(x, training)[0]),
            interpolate(real, fake, shares),
            create_graph=True,
        )
        return gradient_penalty(gradients)

    def generation(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the generator's loss under the current discriminator."""
        logits, features = self.logits_without_updating_statistics(
            self.fakes(batch, training), training
        )
        loss = LOSSES[self.loss_name](logits)
        terms = {"generation": loss}
        if self.feature_matching_weight == 0:
            return loss, terms
        _, wanted = self.logits_without_updating_statistics(batch.x, training)
        distance = feature_distance(wanted, features)
        terms["feature_matching"] = distance
        return loss + self.weight(self.feature_matching_weight) * distance, terms

    def fakes(self, batch: Batch, training: bool) -> Tensor:
        """Generate as many images as the batch has."""
        z = self.prior.sample(ops.shape(batch.x)[0], self.seed_generator)
        return ops.sigmoid(self.generator(z, training=training))

    def discriminator_logits(
        self, x: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        """Compute the discriminator's logits, (batch, 1), and its features or None."""
        return _with_features(self.discriminator(x, training=training))

    def logits_without_updating_statistics(
        self, x: Tensor, training: bool
    ) -> tuple[Tensor, Tensor | None]:
        """Compute logits and features without updating the moving averages.

        The moving averages should cover as many real images as generated ones.
        """
        return _with_features(
            call_without_updating_statistics(self.discriminator, x, training)
        )

    def discriminate(self, x: np.ndarray) -> np.ndarray:
        """Return D(x), the probability that images are real, (n,) in [0, 1].

        A critic returns f(x), unbounded and higher for more realistic images. Batch
        normalization uses its moving averages over real and generated images; in
        training, it uses the statistics of each batch, and D is more confident.

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("discriminate", _discriminate, self.check_images(x))

    def warnings_from(self, row: dict[str, Any]) -> dict[str, str]:
        """Return the warnings of a row of the history, kind -> message."""
        real, fake = row.get("probability_real", 0.5), row.get("probability_fake", 0.5)
        if min(real, 1 - fake) < DOMINANT:
            return {}
        return {
            "probability_fake": f"The discriminator dominates: its mean probability of "
            f"being real is {real:.3f} on real images and {fake:.3f} on generated ones "
            "(target 0.5). Lower its learning rate or its number of filters, or check "
            "init_stddev."
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Build the model from the values of `get_config`, also with older names."""
        return super().from_config(current_keys("gan option", config))


def _terms(critic: bool, feature_matching_weight: Any) -> tuple[str, ...]:
    own = ("wasserstein_distance", "gradient_penalty") if critic else GAN.terms[2:]
    matching = ("feature_matching",) if feature_matching_weight != 0 else ()
    return (*GAN.terms[:2], *own, *matching)


def _with_features(outputs: Any) -> tuple[Tensor, Tensor | None]:
    return outputs if isinstance(outputs, list | tuple) else (outputs, None)


def _discriminate(model: Any, x: Tensor) -> Tensor:
    outputs, _ = model.discriminator_logits(as_tensor_images(x))
    return outputs[:, 0] if model.has_critic else ops.sigmoid(outputs[:, 0])
