"""Generative adversarial networks of images: the game of logits, and Wasserstein's."""

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
DOMINANT = 0.95  # mean probability of being right, at which the generator learns little


@keras.saving.register_keras_serializable("keras_aae")
class GAN(GeneratingModel):
    """A generator of images that a discriminator cannot tell from real ones.

    Phases of a step, each repeated as often as asked for, on the same images and on new
    codes z of the prior:

    discrimination:  discriminator  minimize  -E_x log D(x) - E_z log(1 - D(G(z)))
    generation:      generator      minimize  -E_z log D(G(z))

    At chance D is 1/2 everywhere, and the first objective 2 log 2 = 1.386. "wasserstein"
    has a critic f, any number instead of a probability, with a penalty on its slopes
    between real and generated images, y = e x + (1 - e) G(z), e uniform in [0, 1]:

    discrimination:  discriminator  minimize  E_z f(G(z)) - E_x f(x)
                                              + gradient_penalty_weight E (||f'(y)|| - 1)^2
    generation:      generator      minimize  -E_z f(G(z))

    Images are in [0, 1] and the generator's outputs are logits, as of all models here;
    the discriminator scales images to [-1, 1], where sigmoid and tanh are the same.

    With a feature matching weight w the generator also minimizes w || E_x h(x) - E_z h(G(z)) ||^2
    of the discriminator's last features h.

    Args:
        generator: codes -> logits of images.
        discriminator: images -> logit (batch, 1), or [logit, features].
        loss: "non-saturating" as above; "minimax", whose generator minimizes
            E_z log(1 - D(G(z))); or "wasserstein".
        prior: A key of `registry.PRIORS`, but for the learned one.
        components: Classes of the prior, where it has any.
        discriminator_steps, generator_steps: Updates of each in a step.
        feature_matching_weight: w; a number or a Keras schedule over steps.
        label_smoothing: s; on real images the discriminator's target is 1 - s.
        gradient_penalty_weight: Of the penalty on slopes; a number or a Keras schedule over steps.
        seed: Of the model's random numbers.

    Raises:
        RecipeError: feature matching without features, or a critic with batch
            normalization, whose slope at an image is not that of the image alone.

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
                "A critic of the loss 'wasserstein' cannot have batch normalization: the "
                "penalty is on its slope at each image alone. Leave it out, or take "
                "layer normalization."
            )
        if feature_matching_weight != 0 and len(discriminator.outputs) < 2:
            raise RecipeError(
                f"feature_matching_weight={feature_matching_weight} needs a discriminator that returns "
                "[logit, features], and this one returns a logit alone."
            )

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, *, loss: str, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Return the generator and the discriminator; a critic is not normalized."""
        architecture = pick(build_dcgan_networks, options)
        return build_dcgan_networks(image_shape, loss != "wasserstein", **architecture)

    def decoding_network(self) -> keras.Model:
        """The generator."""
        return self.generator

    @property
    def has_critic(self) -> bool:
        """Whether the discriminator says any number instead of a probability."""
        return self.loss_name == "wasserstein"

    def phases(self) -> list[Phase]:
        """Discrimination and generation, as often as asked for."""
        game = self.critic_loss if self.has_critic else self.discrimination
        discrimination = Phase("discrimination", game, (self.discriminator,))
        generation = Phase("generation", self.generation, (self.generator,))
        return [
            *self.discriminator_steps * [discrimination],
            *self.generator_steps * [generation],
        ]

    def discrimination(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """The discriminator's loss on the images and as many generated ones."""
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
        """The critic's loss on the images and as many generated ones."""
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
        """The penalty on the critic's slopes at random places between the images."""
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
        """The generator's loss, as the discriminator is now."""
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
        """As many generated images as the batch has real ones."""
        z = self.prior.sample(ops.shape(batch.x)[0], self.seed_generator)
        return ops.sigmoid(self.generator(z, training=training))

    def discriminator_logits(
        self, x: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        """The discriminator's logits of images, (batch, 1), and its features or None."""
        return _with_features(self.discriminator(x, training=training))

    def logits_without_updating_statistics(
        self, x: Tensor, training: bool
    ) -> tuple[Tensor, Tensor | None]:
        """The same, and the discriminator's moving averages stay as they are.

        They are to be of as many real images as generated ones.
        """
        return _with_features(
            call_without_updating_statistics(self.discriminator, x, training)
        )

    def discriminate(self, x: np.ndarray) -> np.ndarray:
        """D(x), how sure the discriminator is that images are real, (n,) in [0, 1].

        Of a critic f(x), any number, higher for what looks more real. Batch normalization
        goes by its moving averages, of real and generated images alike; in training each
        batch is normalized by itself, and the discriminator is surer of it.

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("discriminate", _discriminate, self.check_images(x))

    def warnings_from(self, row: dict[str, Any]) -> dict[str, str]:
        """What a row of the history says is going wrong: kind -> warning."""
        real, fake = row.get("probability_real", 0.5), row.get("probability_fake", 0.5)
        if min(real, 1 - fake) < DOMINANT:
            return {}
        return {
            "probability_fake": f"The discriminator wins: it takes real images for real "
            f"with probability {real:.3f} and generated ones with {fake:.3f}, where 0.5 "
            "each is the goal. Give it a lower learning rate or fewer filters, or look at "
            "init_stddev."
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the inverse of `get_config`; options may have their older names."""
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
