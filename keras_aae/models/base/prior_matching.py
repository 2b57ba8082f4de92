"""What adversarial and Wasserstein autoencoders have in common: codes, prior, health."""

from collections.abc import Callable
from typing import Annotated, Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Choice, Deviation, ImageShape, Seed, Tensor, Weight, Width
from keras_aae.engine.batch import Batch, Terms
from keras_aae.engine.phases import as_tensor_images
from keras_aae.losses.distances import mmd, sliced_wasserstein, unit_directions
from keras_aae.losses.reconstruction import RECONSTRUCTION_LOSSES, ReconstructionLoss
from keras_aae.models.base.autoencoder import AutoencodingModel
from keras_aae.models.base.generator import PriorName, fixed_prior
from keras_aae.networks import build_autoencoder_networks
from keras_aae.transforms.augmentations import (
    AUGMENTATIONS,
    Augmentation,
    check_augmentation,
)

DIRECTIONS = 50
COLLAPSED = 0.05  # standard deviation of a dimension of the codes


def _deterministic(
    model: Any, x: Tensor, noise: Tensor | None, training: bool
) -> Tensor:
    del noise
    return model.encoder(x, training=training)


def _gaussian(model: Any, x: Tensor, noise: Tensor | None, training: bool) -> Tensor:
    z_mean, z_log_var = model.encoder(x, training=training)
    return z_mean if noise is None else z_mean + ops.exp(0.5 * z_log_var) * noise


def _noise_input(model: Any, x: Tensor, noise: Tensor | None, training: bool) -> Tensor:
    if noise is None:
        noise = ops.zeros((ops.shape(x)[0], model.noise_width), x.dtype)
    return model.encoder([x, noise], training=training)


POSTERIORS = {
    "deterministic": _deterministic,
    "gaussian": _gaussian,
    "noise": _noise_input,
}
Posterior = Annotated[str, Choice(POSTERIORS)]


def build_posterior_networks(
    build: Callable[..., Any],
    image_shape: ImageShape,
    posterior: str,
    *,
    noise_dim: Width = 10,
    **options: Any,
) -> tuple[keras.Model, keras.Model]:
    """Networks for a posterior: heads for a mean and a variance, or an input of noise.

    Args:
        build: Function (image_shape, heads, **options) -> (encoder, decoder).
        image_shape: (height, width, channels).
        posterior: A key of `POSTERIORS`.
        noise_dim: Width of the noise of the posterior "noise", which reaches the encoder
            as one more channel of the images, a linear map of it.
        **options: Of `build`.
    """
    if posterior != "noise":
        heads = ("z_mean", "z_log_var") if posterior == "gaussian" else ("z",)
        return build(image_shape, heads, **options)
    height, width, channels = image_shape
    encoder, _ = build((height, width, channels + 1), ("z",), **options)
    _, decoder = build(image_shape, ("z",), **options)
    images = keras.Input(image_shape, name="images")
    noise = keras.Input((noise_dim,), name="noise")
    spread = keras.layers.Dense(height * width, use_bias=False, name="spread")(noise)
    channel = keras.layers.Reshape((height, width, 1), name="channel")(spread)
    both = keras.layers.Concatenate(name="both")([images, channel])
    return keras.Model([images, noise], encoder(both), name="encoder"), decoder


class PriorMatchingModel(AutoencodingModel):
    """An autoencoder whose codes, over all images, should be distributed as a prior.

    The code of an image is a draw from q(z|x),

    "deterministic": z = f(x)
    "gaussian":      z = m(x) + exp(v(x) / 2) e
    "noise":         z = f(x, e), which can be any distribution

    with e ~ N(0, I), the first unless a family has an option for it. A family says in
    `penalty(z, labels, training)` how far codes are from the prior.

    Args:
        encoder: images -> codes (batch, latent_dim); -> [z_mean, z_log_var] for the
            "gaussian" posterior; [images, noise] -> codes for "noise".
        decoder: codes -> logits of the images.
        prior: A key of `registry.PRIORS`, but for the learned one.
        components: Classes of the prior, where it has any.
        loss: As of `Autoencoder`.
        regularization_weight: Of the penalty; a number or a Keras schedule over steps.
        input_noise: Standard deviation of noise on the images that the encoder sees in
            training; a number or a Keras schedule over steps.
        augmentation: What a step of training does to its images first: "none", "moves",
            "dihedral" or "faces".
        seed: Of the model's random numbers.

    Class attributes:
        posterior_name: Which of the three, where a model has no choice of its own.
        codes_match_prior: Whether `encode` gives what is matched to the prior.

    References:
        Adversarial Autoencoders (Makhzani, Shlens, Jaitly, Goodfellow, Frey, 2015),
        section 2, for the three posteriors.
    """

    posterior_name: str = "deterministic"
    codes_match_prior: bool = True
    defaults = {"latent_dim": 2}
    builders = (build_autoencoder_networks, build_posterior_networks)
    diagnostic_images = 1000

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, *, posterior: str, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Return the encoder of a posterior, and the decoder."""
        build = cls.build_autoencoder
        return build_posterior_networks(build, image_shape, posterior, **options)

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        prior: PriorName = "normal",
        components: Width = 10,
        loss: ReconstructionLoss = "mse",
        regularization_weight: Weight = 1.0,
        input_noise: Deviation = 0.0,
        augmentation: Augmentation = "none",
        seed: Seed = 0,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, seed=seed, **kwargs)
        width = decoder.inputs[0].shape[-1]
        # What `sample_codes` is matched to; `prior` is what `encode` should look like.
        self.matched_prior = fixed_prior(prior, width, components, seed)
        self.prior = self.matched_prior if self.codes_match_prior else None
        self.prior_name, self.components, self.loss_name = prior, components, loss
        self.regularization_weight = regularization_weight
        self.input_noise = input_noise
        self.pixel_noise = input_noise != 0
        self.augmentation = check_augmentation(augmentation, self.image_shape)

    def training_step(self, batches: dict[str, Batch]) -> dict[str, Any]:
        """A step on augmented images, the same in all of its phases."""
        if self.augmentation == "none":
            return super().training_step(batches)
        change = AUGMENTATIONS[self.augmentation]
        return super().training_step(
            {
                name: Batch(change(as_tensor_images(x), self.seed_generator), labels)
                for name, (x, labels) in batches.items()
            }
        )

    def reconstruction(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """The mean reconstruction loss of a batch."""
        z = self.sample_codes_tensor(batch.x, training)
        loss = ops.mean(self.reconstruction_error(batch.x, z, batch.labels, training))
        return loss, {"reconstruction_loss": loss}

    def regularization(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """The weighted penalty on the codes of a batch."""
        z = self.sample_codes_tensor(batch.x, training)
        penalty = self.penalty(z, batch.labels, training)
        weight = self.weight(self.regularization_weight)
        return weight * penalty, {"regularization": penalty}

    def regularized_reconstruction(
        self, batch: Batch, training: bool
    ) -> tuple[Tensor, Terms]:
        """The sum of both, of the same codes."""
        z = self.sample_codes_tensor(batch.x, training)
        loss = ops.mean(self.reconstruction_error(batch.x, z, batch.labels, training))
        penalty = self.penalty(z, batch.labels, training)
        terms = {"reconstruction_loss": loss, "regularization": penalty}
        return loss + self.weight(self.regularization_weight) * penalty, terms

    def corrupted(self, x: Tensor, training: bool) -> Tensor:
        """The images that the encoder sees: with noise in training."""
        if not training or self.input_noise == 0:
            return x
        noise = keras.random.normal(ops.shape(x), seed=self.seed_generator)
        return x + self.weight(self.input_noise) * noise

    def sample_codes_tensor(self, x: Tensor, training: bool) -> Tensor:
        """A code of each image, drawn from q(z|x), (batch, latent_dim)."""
        noise, width = None, self.noise_width
        if width:
            shape = (ops.shape(x)[0], width)
            noise = keras.random.normal(shape, seed=self.seed_generator)
        return self.encode_with_noise(self.corrupted(x, training), noise, training)

    def encode_with_noise(
        self, x: Tensor, noise: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """The code for given noise e, (batch, noise_width); None is no noise at all."""
        return POSTERIORS[self.posterior_name](self, x, noise, training)

    @property
    def noise_width(self) -> int:
        """Width of the noise e that a code is drawn with; 0 if it is deterministic."""
        if self.posterior_name == "noise":
            return self.encoder.inputs[1].shape[-1]
        return self.latent_dim if self.posterior_name == "gaussian" else 0

    def encode_tensor(self, x: Tensor) -> Tensor:
        """The code without noise."""
        return self.encode_with_noise(x)

    def sample_codes(self, x: np.ndarray, seed: int = 0) -> np.ndarray:
        """Codes drawn from q(z|x), which the prior is compared with, (n, latent_dim)."""
        x = self.check_images(x)
        rng = np.random.default_rng([seed, 4])
        noise = rng.standard_normal((len(x), self.noise_width), np.float32)
        return self.map("sample_codes", _draw_code, x, noise)

    def reconstruction_error(
        self, x: Tensor, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """What is lost of each image, in the units of the loss, (batch,)."""
        logits = self.logits(z, labels, training)
        return RECONSTRUCTION_LOSSES[self.loss_name](x, logits)

    def logits(
        self, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """What the decoder makes of codes; it needs no labels."""
        del labels
        return self.decoder(z, training=training)

    def diagnostics(self, x: np.ndarray) -> dict[str, float]:
        """How near the codes of images are to the prior, after an epoch.

        Returns:
            sliced_wasserstein and mmd of codes and as many prior samples (the same every
            time), and code_mean_0, code_std_0, ... of each dimension.
        """
        z = self.sample_codes(x)
        directions = unit_directions(z.shape[1], DIRECTIONS, seed=0)
        codes = ops.convert_to_tensor(z)
        prior = self.matched_prior.sample(len(z), seed=0)
        distance = sliced_wasserstein(codes, prior, ops.convert_to_tensor(directions))
        moments = {"mean": z.mean(axis=0), "std": z.std(axis=0)}
        return {
            "sliced_wasserstein": float(distance),
            "mmd": float(mmd(codes, prior)),
            **{
                f"code_{moment}_{i}": float(value)
                for moment, values in moments.items()
                for i, value in enumerate(values)
            },
        }

    def warnings_from(self, row: dict[str, Any]) -> dict[str, str]:
        """What a row of the history says is going wrong: kind -> warning."""
        spreads = [v for name, v in row.items() if name.startswith("code_std_")]
        thin = [i for i, spread in enumerate(spreads) if spread < COLLAPSED]
        if not thin:
            return {}
        return {
            "collapse": f"The codes collapse: dimension {thin[0]} has a standard "
            f"deviation of {spreads[thin[0]]:.2g}. Lower the learning rate of what draws "
            "codes to the prior, or its weight."
        }


def _draw_code(model: Any, x: Tensor, noise: Tensor | None) -> Tensor:
    x = as_tensor_images(x)
    return model.encode_with_noise(x, noise if model.noise_width else None)
