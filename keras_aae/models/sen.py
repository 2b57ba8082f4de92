"""Shared-encoding networks: an autoencoder and a generator that share one embedding."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Deviation, ImageShape, Share, Tensor, Weight, pick
from keras_aae.engine import Phase
from keras_aae.engine.batch import Batch, Terms
from keras_aae.engine.networks import call_without_updating_statistics
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.losses.adversarial import (
    discriminator_dominates,
    fake_loss,
    fraction_positive,
    non_saturating,
    real_loss,
)
from keras_aae.losses.divergences import normal_kl
from keras_aae.losses.reconstruction import RECONSTRUCTION_LOSSES, ReconstructionLoss
from keras_aae.models.base.autoencoder import AutoencodingModel
from keras_aae.models.base.conditional import check_labels
from keras_aae.models.sen_fakes import (
    FAKE_PATHS,
    FakePath,
    FakePathName,
    GeneratedCodes,
    LogisticNormalCodes,
    UniformCodes,
)
from keras_aae.networks import build_autoencoder_networks
from keras_aae.networks.discriminator import build_discriminator
from keras_aae.networks.generator import build_generator
from keras_aae.transforms.augmentations import (
    AUGMENTATIONS,
    Augmentation,
    check_augmentation,
)
from keras_aae.transforms.corruptions import gaussian

ACCURACIES = ("discriminator_accuracy_images", "discriminator_accuracy_generated")
ADVERSARIAL = ("generation", "discrimination", *ACCURACIES)


@keras.saving.register_keras_serializable("keras_aae")
class SEN(AutoencodingModel):
    """A shared-encoding network: encoder and generator share an embedding in (0, 1).

    The encoder f maps images to embeddings, the generator g random numbers u, some of
    which are its dropout masks. The decoder d maps both to images. The discriminator D
    separates real = f(x) from fake = f(d(g(u))), embeddings that were decoded and
    encoded again. A step takes three batches; n(x) are noisy images, a(x) augmented
    images:

    autoencoding     f, d   minimize  E loss(a(x), d(f(n(a(x)))))       first batch
    autoencoding     f, d   minimize  E loss(x, d(f(n(x))))             second
    generation       g, d   minimize  -E log D(fake)                    second
    autoencoding     f, d   minimize  E loss(x, d(f(n(x))))             third
    discrimination   D, f   minimize  -E log D(real) - E log(1 - D(fake))   third

    So the encoder helps the discriminator, and the decoder helps the generator.

    Args:
        encoder: images -> embeddings in (0, 1), (batch, latent_dim).
        decoder: embeddings -> logits of the images.
        discriminator: embeddings -> logit, (batch, 1); None for the fake path "none".
        generator: One or more inputs of uniform random numbers in (0, 1), (batch,
            latent_dim) each, and optionally a last input of one-hot classes, named
            "classes" -> embeddings; None for the fake paths "random" and "none".
        fake_path: Path of fake codes to the discriminator: "image" as above; "direct",
            where D sees g(u) and the adversarial phases train only D and g; "random",
            where random numbers replace g(u), and only the decoder is trained against
            D; "none", autoencoding only.
        loss: Reconstruction loss; see `Autoencoder`.
        noise: Standard deviation of the noise n.
        augmentation: Augmentation a: "dihedral", "moves", "faces" or "none".
        label_smoothing: Smoothing s; the discriminator's target on images is 1 - s.
        seed: Seed of the model's random numbers.

    References:
        drburke/tensorflow, SENs/README.md, a description with code and without a paper;
        Generative Adversarial Nets (Goodfellow et al., 2014), for the discriminator.
    """

    terms = ("reconstruction_loss", "augmented_loss", *ADVERSARIAL)
    maximized = ACCURACIES
    batches = ("augmented", "generated", "judged")
    pixel_noise = True
    builders = (build_autoencoder_networks, build_discriminator, build_generator)
    defaults = {
        "latent_dim": 32,
        "network": "conv-bn",
        "activation": "leaky_relu",
        "code_activation": "sigmoid",
        "discriminator_units": (256, 256),
        "discriminator_activation": "leaky_relu",
        "discriminator_dropout": 0.2,
    }
    random_codes = UniformCodes  # without a generator

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        discriminator: keras.Model | None = None,
        generator: keras.Model | None = None,
        *,
        fake_path: FakePathName = "image",
        loss: ReconstructionLoss = "mse",
        noise: Deviation = 0.4,
        augmentation: Augmentation = "dihedral",
        label_smoothing: Share = 0.1,
        **kwargs: Any,
    ):
        unused = () if FAKE_PATHS[fake_path].discriminator else ADVERSARIAL
        terms = tuple(t for t in type(self).terms if t not in unused)
        super().__init__(encoder, decoder, terms=terms, **kwargs)
        self.discriminator, self.generator = discriminator, generator
        self.code_source = self.random_codes(self.latent_dim)
        if generator is not None:
            self.code_source = GeneratedCodes(generator)
        self.fake_path, self.loss_name = fake_path, loss
        self.augmentation = check_augmentation(augmentation, self.image_shape)
        self.noise, self.label_smoothing = noise, label_smoothing

    @classmethod
    def build_networks(
        cls,
        image_shape: ImageShape,
        conditions: int = 0,
        *,
        fake_path: str,
        **options: Any,
    ) -> tuple[keras.Model | None, ...]:
        """Build the encoder, the decoder, and the path's discriminator and generator.

        Args:
            image_shape: (height, width, channels).
            conditions: Number of classes that condition the generator.
            fake_path: Path of fake codes; see the class.
            **options: Options of the networks.
        """
        path, discriminator, generator = FAKE_PATHS[fake_path], None, None
        networks = super().build_networks(image_shape, **options)
        if path.discriminator:
            discriminator = cls.build_readout("discriminator", **options)
        if path.generator:
            given, width = pick(build_generator, options), options["latent_dim"]
            generator = build_generator(width, conditions, **given)
        return (*networks, discriminator, generator)

    @classmethod
    def build_readout(
        cls, name: str, outputs: int = 1, *, latent_dim: int, **options: Any
    ) -> keras.Model:
        """Build a network embeddings -> logits like the discriminator."""
        given = pick(build_discriminator, options)
        return build_discriminator(latent_dim, name=name, outputs=outputs, **given)

    def phases(self) -> list[Phase]:
        """Return the five phases of a step, or three without a discriminator."""
        autoencoder = (self.encoder, self.decoder)
        generators = self.generator_networks()
        discriminators = self.discriminator_networks()
        augmented, generated, judged = SEN.batches
        phases = [
            Phase("autoencoding", self.augmented_autoencoding, autoencoder, augmented),
            Phase("autoencoding", self.autoencoding, autoencoder, generated),
            Phase("generation", self.generation, generators, generated),
            Phase("autoencoding", self.autoencoding, autoencoder, judged),
            Phase("discrimination", self.discrimination, discriminators, judged),
        ]
        adversarial = self.fakes.discriminator
        return [p for p in phases if adversarial or p.name == "autoencoding"]

    @property
    def fakes(self) -> FakePath:
        """Path of fake codes to the discriminator."""
        return FAKE_PATHS[self.fake_path]

    # Methods, not properties: Keras names weights in files by a model's attributes.
    def generator_networks(self) -> tuple:
        """Return the networks trained against the discriminator."""
        found = (self.generator, self.decoder if self.fakes.image else None)
        return tuple(network for network in found if network is not None)

    def discriminator_networks(self) -> tuple:
        """Return the networks trained to separate fake codes from those of images."""
        helper = (self.encoder,) if self.fakes.image else ()
        return (self.discriminator, *helper)

    def augmented_autoencoding(
        self, batch: Batch, training: bool
    ) -> tuple[Tensor, Terms]:
        """Compute the loss of `autoencoding` on augmented images."""
        x = AUGMENTATIONS[self.augmentation](batch.x, self.seed_generator)
        loss, terms = self.autoencoding(batch._replace(x=x), training)
        return loss, {"augmented_loss": terms["reconstruction_loss"]}

    def autoencoding(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the mean loss between images and reconstructions of noisy images."""
        z = self.encoder(self.noisy(batch.x), training=training)
        loss = self.reconstruction_loss(batch.x, z, training)
        return loss, {"reconstruction_loss": loss}

    def reconstruction_loss(self, x: Tensor, z: Tensor, training: bool) -> Tensor:
        """Compute the mean loss between images and decoded embeddings."""
        logits = self.decoder(z, training=training)
        return ops.mean(RECONSTRUCTION_LOSSES[self.loss_name](x, logits))

    def generation(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the non-saturating loss of fake codes."""
        fake, _ = self.generate_fake_codes(ops.shape(batch.x)[0], training)
        loss = non_saturating(self.discriminator_logits(fake, training))
        return loss, {"generation": loss}

    def discrimination(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the discriminator's loss on embeddings of images and fake codes."""
        fake, _ = self.generate_fake_codes(ops.shape(batch.x)[0], training)
        fake = self.discriminator_logits(fake, training)
        real = self.discriminator_logits(self.embed(batch.x, training), training)
        loss = real_loss(real, self.label_smoothing) + fake_loss(fake)
        return loss, {
            "discrimination": loss,
            "discriminator_accuracy_images": fraction_positive(real),
            "discriminator_accuracy_generated": 1.0 - fraction_positive(fake),
        }

    def discriminator_logits(self, z: Tensor, training: bool = False) -> Tensor:
        """Compute the discriminator's logits of embeddings, (batch, 1)."""
        return self.discriminator(z, training=training)

    def noisy(self, x: Tensor) -> Tensor:
        """Add noise to images."""
        return gaussian(x, self.weight(self.noise), self.seed_generator)

    def corrupt(self, x: np.ndarray, seed: int = 0) -> np.ndarray:
        """Add noise to images as in training, float32 in [0, 1]."""
        x = as_tensor_images(self.check_images(x))
        return ops.convert_to_numpy(gaussian(x, self.weight(self.noise), seed))

    def embed(self, x: Tensor, training: bool = False) -> Tensor:
        """Compute the embeddings of images, (batch, latent_dim)."""
        return self.embedding(self.encoder(x, training=training), training)

    def embedding(self, outputs: Any, training: bool = False) -> Tensor:
        """Return the embeddings of the encoder's outputs."""
        del training
        return outputs

    def encode_tensor(self, x: Tensor) -> Tensor:
        """Compute the embeddings of a batch of images, (batch, latent_dim)."""
        return self.embed(x)

    def generate_fake_codes(
        self, n: int, training: bool
    ) -> tuple[Tensor, Tensor | None]:
        """Generate fake codes for the discriminator, and their classes or None."""
        labels, classes, seed = None, self.num_condition_classes, self.seed_generator
        if classes:
            labels = keras.random.randint((n,), 0, classes, seed=seed)
        z = self.code_source.codes(self.code_source.draw(n, seed), labels)
        if not self.fakes.image:
            return z, labels
        images = ops.sigmoid(self.decoder(z, training=training))
        outputs = call_without_updating_statistics(self.encoder, images, training)
        return self.embedding(outputs, training), labels

    @property
    def reencodes_codes(self) -> bool:
        """True if the discriminator sees generated embeddings encoded again."""
        return self.fake_path == "image"

    @property
    def num_condition_classes(self) -> int:
        """Number of classes that condition the generator; 0 if unconditional."""
        return self.code_source.num_classes

    def generate_codes(
        self, n: int, seed: int = 0, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Generate `n` embeddings, (n, latent_dim).

        Args:
            n: Number of embeddings.
            seed: Seed of the random numbers.
            labels: Class of each embedding, (n,); all classes in turn if None.

        Raises:
            DataError: the labels are not `n` classes of the generator.
            UnsupportedError: the fake path is "none".
        """
        if not self.fakes.discriminator:
            raise UnsupportedError(
                "fake_path 'none' has no generated codes. Use a shared-encoding "
                "network with another fake_path, for example 'image'."
            )
        classes = max(self.num_condition_classes, 1)
        if labels is None:
            labels = np.arange(n) % classes
        elif not self.num_condition_classes:
            raise DataError(
                "Invalid labels. Expected none, since this generator is not "
                "conditioned on classes. Omit labels, or train a directed-sen."
            )
        u = self.code_source.draw_array(n, np.random.default_rng([seed, 5]))
        return self.map("generate", _generate, u, check_labels(labels, n, classes))

    def generate(
        self, n: int, seed: int = 0, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Generate `n` images from generated embeddings; see `generate_codes`."""
        return self.decode(self.generate_codes(n, seed, labels))

    def warnings_from(self, row: dict[str, Any]) -> dict[str, str]:
        if not self.fakes.discriminator:
            return super().warnings_from(row)
        accuracies = (
            "discriminator_accuracy_generated",
            "discriminator_accuracy_images",
        )
        return super().warnings_from(row) | discriminator_dominates(
            row, accuracies, "generated codes", "codes of images"
        )


@keras.saving.register_keras_serializable("keras_aae")
class VariationalSEN(SEN):
    """A SEN with a variational encoder, so that random embeddings can be decoded.

    embedding = sigmoid(a),  a ~ q(a|x) = N(m(x), exp(v(x)))

    Autoencoding minimizes loss + kl_weight KL(q(a|x) || N(0, 1)). Without a generator,
    random embeddings are sigmoid(e), e ~ N(0, I), the distribution that the KL term
    favors.

    Args:
        encoder: images -> [m, v], (batch, latent_dim) each.
        decoder, discriminator, generator, ..., seed: See `SEN`.
        kl_weight: Weight of the KL term; a number or a Keras schedule over steps.

    References:
        Auto-Encoding Variational Bayes (Kingma, Welling, 2013), section 2.
    """

    heads = ("z_mean", "z_log_var")
    terms = (*SEN.terms, "kl")
    defaults = SEN.defaults | {
        "code_activation": None,
        "fake_path": "random",
        "loss": "bernoulli",
    }
    random_codes = LogisticNormalCodes

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        discriminator: keras.Model | None,
        generator: keras.Model | None = None,
        *,
        kl_weight: Weight = 1.0,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, discriminator, generator, **kwargs)
        self.kl_weight = kl_weight

    def autoencoding(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the mean reconstruction loss of noisy images, and the KL term."""
        outputs = self.encoder(self.noisy(batch.x), training=training)
        z = self.embedding(outputs, training)
        loss = self.reconstruction_loss(batch.x, z, training)
        kl = ops.mean(ops.sum(normal_kl(*outputs), axis=-1))
        terms = {"reconstruction_loss": loss, "kl": kl}
        return loss + self.weight(self.kl_weight) * kl, terms

    def embedding(self, outputs: Any, training: bool = False) -> Tensor:
        """Draw sigmoid(a) in training, otherwise return sigmoid(m)."""
        mean, log_var = outputs
        if not training:
            return ops.sigmoid(mean)
        e = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return ops.sigmoid(mean + ops.exp(0.5 * log_var) * e)


def _generate(model: Any, u: Tensor, labels: Tensor | None) -> Tensor:
    return model.code_source.codes(u, labels)
