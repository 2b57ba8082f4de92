"""Base class of adversarial and Wasserstein autoencoders: codes, prior, diagnostics."""

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
    """Build the encoder of a posterior, and the decoder.

    Args:
        build: Function (image_shape, heads, **options) -> (encoder, decoder).
        image_shape: (height, width, channels).
        posterior: Key of `POSTERIORS`.
        noise_dim: Dimension of the noise of the posterior "noise". A linear map of the
            noise is an additional channel of the encoder's input.
        **options: Options of `build`.
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
    """An autoencoder whose aggregated codes should be distributed like a prior.

    The code of an image is a draw from q(z|x),

    "deterministic": z = f(x)
    "gaussian":      z = m(x) + exp(v(x) / 2) e
    "noise":         z = f(x, e), which can be any distribution

    with e ~ N(0, I). The posterior is deterministic unless a family has an option for
    it. A subclass defines `penalty(z, labels, training)`, the distance of codes from
    the prior.

    Args:
        encoder: images -> codes (batch, latent_dim); -> [z_mean, z_log_var] for the
            "gaussian" posterior; [images, noise] -> codes for "noise".
        decoder: codes -> logits of the images.
        prior: Key of `registry.PRIORS`, except for the learned prior.
        components: Number of the prior's components, if it has components.
        loss: Reconstruction loss; see `Autoencoder`.
        regularization_weight: Weight of the penalty; a number or a Keras schedule over
            steps.
        input_noise: Standard deviation of the noise on the encoder's input in training;
            a number or a Keras schedule over steps.
        augmentation: Augmentation of the training images: "none", "moves", "dihedral"
            or "faces".
        seed: Seed of the model's random numbers.

    Class attributes:
        posterior_name: Posterior of a family without an option for it.
        codes_match_prior: Whether the codes of `encode` are those matched to the prior.

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
        """Build the encoder of a posterior, and the decoder."""
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
        # Codes of `sample_codes` are matched to it, those of `encode` to `prior`.
        self.matched_prior = fixed_prior(prior, width, components, seed)
        self.prior = self.matched_prior if self.codes_match_prior else None
        self.prior_name, self.components, self.loss_name = prior, components, loss
        self.regularization_weight = regularization_weight
        self.input_noise = input_noise
        self.pixel_noise = input_noise != 0
        self.augmentation = check_augmentation(augmentation, self.image_shape)

    def training_step(self, batches: dict[str, Batch]) -> dict[str, Any]:
        """Run a step on augmented images, the same in all of its phases."""
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
        """Compute the mean reconstruction loss of a batch."""
        z = self.sample_codes_tensor(batch.x, training)
        loss = ops.mean(self.reconstruction_error(batch.x, z, batch.labels, training))
        return loss, {"reconstruction_loss": loss}

    def regularization(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the weighted penalty on the codes of a batch."""
        z = self.sample_codes_tensor(batch.x, training)
        penalty = self.penalty(z, batch.labels, training)
        weight = self.weight(self.regularization_weight)
        return weight * penalty, {"regularization": penalty}

    def regularized_reconstruction(
        self, batch: Batch, training: bool
    ) -> tuple[Tensor, Terms]:
        """Compute the sum of both on the same codes."""
        z = self.sample_codes_tensor(batch.x, training)
        loss = ops.mean(self.reconstruction_error(batch.x, z, batch.labels, training))
        penalty = self.penalty(z, batch.labels, training)
        terms = {"reconstruction_loss": loss, "regularization": penalty}
        return loss + self.weight(self.regularization_weight) * penalty, terms

    def corrupted(self, x: Tensor, training: bool) -> Tensor:
        """Return the encoder's input: images, with noise in training."""
        if not training or self.input_noise == 0:
            return x
        noise = keras.random.normal(ops.shape(x), seed=self.seed_generator)
        return x + self.weight(self.input_noise) * noise

    def sample_codes_tensor(self, x: Tensor, training: bool) -> Tensor:
        """Draw a code of each image from q(z|x), (batch, latent_dim)."""
        noise, width = None, self.noise_width
        if width:
            shape = (ops.shape(x)[0], width)
            noise = keras.random.normal(shape, seed=self.seed_generator)
        return self.encode_with_noise(self.corrupted(x, training), noise, training)

    def encode_with_noise(
        self, x: Tensor, noise: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute codes for noise e, (batch, noise_width); None is no noise."""
        return POSTERIORS[self.posterior_name](self, x, noise, training)

    @property
    def noise_width(self) -> int:
        """Dimension of the posterior's noise e; 0 for a deterministic posterior."""
        if self.posterior_name == "noise":
            return self.encoder.inputs[1].shape[-1]
        return self.latent_dim if self.posterior_name == "gaussian" else 0

    def encode_tensor(self, x: Tensor) -> Tensor:
        """Compute the codes without noise."""
        return self.encode_with_noise(x)

    def sample_codes(self, x: np.ndarray, seed: int = 0) -> np.ndarray:
        """Draw codes from q(z|x), as matched to the prior, (n, latent_dim)."""
        x = self.check_images(x)
        rng = np.random.default_rng([seed, 4])
        noise = rng.standard_normal((len(x), self.noise_width), np.float32)
        return self.map("sample_codes", _draw_code, x, noise)

    def reconstruction_error(
        self, x: Tensor, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the reconstruction loss of each image, (batch,)."""
        logits = self.logits(z, labels, training)
        return RECONSTRUCTION_LOSSES[self.loss_name](x, logits)

    def logits(
        self, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the decoder's logits of codes; the labels are ignored."""
        del labels
        return self.decoder(z, training=training)

    def diagnostics(self, x: np.ndarray) -> dict[str, float]:
        """Measure the distance between the codes of images and the prior.

        Returns:
            sliced_wasserstein and mmd between the codes and as many prior samples,
            drawn with a fixed seed, and code_mean_0, code_std_0, ... of each dimension.
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
        """Return the warnings of a row of the history, kind -> message."""
        spreads = [v for name, v in row.items() if name.startswith("code_std_")]
        thin = [i for i, spread in enumerate(spreads) if spread < COLLAPSED]
        if not thin:
            return {}
        return {
            "collapse": f"The codes collapse: dimension {thin[0]} has a standard "
            f"deviation of {spreads[thin[0]]:.2g}, below {COLLAPSED}. Lower the "
            "regularization weight, or the learning rate of the regularization."
        }


def _draw_code(model: Any, x: Tensor, noise: Tensor | None) -> Tensor:
    x = as_tensor_images(x)
    return model.encode_with_noise(x, noise if model.noise_width else None)
