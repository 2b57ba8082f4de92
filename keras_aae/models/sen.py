"""Shared-encoding networks: an autoencoder and a generator that share one embedding."""

from functools import partial
from typing import Annotated

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Choice, Deviation, Share, Weight, Width
from keras_aae.engine import Phase
from keras_aae.engine.feed import LABELLED
from keras_aae.engine.networks import call_in_passing
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import DataError, RecipeError, UnsupportedError
from keras_aae.losses.adversarial import (
    discriminator_wins,
    loss_on_codes,
    loss_on_prior,
    non_saturating,
    share_positive,
)
from keras_aae.losses.classification import cross_entropy, wrong
from keras_aae.losses.divergences import normal_kl
from keras_aae.losses.reconstruction import RECONSTRUCTION_LOSSES, ReconstructionLoss
from keras_aae.models.base.autoencoder import AutoencodingModel
from keras_aae.models.base.classifier import ClassifyingModel
from keras_aae.models.base.conditional import check_labels
from keras_aae.models.base.image_model import option_of_create
from keras_aae.networks import build_autoencoder_networks
from keras_aae.networks.discriminator import build_discriminator
from keras_aae.networks.generator import build_generator
from keras_aae.transforms.augmentations import (
    AUGMENTATIONS,
    Augmentation,
    check_augmentation,
)
from keras_aae.transforms.corruptions import gaussian

# Where a made embedding goes before the discriminator sees it.
FAKE_PATHS = ("image", "direct", "random", "none")
ACCURACIES = ("accuracy_images", "accuracy_generated")
GAME = ("generation", "discrimination", *ACCURACIES)


@keras.saving.register_keras_serializable("keras_aae")
class SEN(AutoencodingModel):
    """A shared-encoding network: encoder and generator both lead to an embedding in (0, 1).

    The encoder f makes embeddings of images, the generator g of random numbers u, some of
    which are its dropout; the decoder d makes images of either, and the discriminator D tells them apart after what
    was made has been through an image: fake = f(d(g(u))), real = f(x). A step takes three
    batches, n(x) are images with noise and a(x) augmented ones:

    autoencoding     f, d   minimise  E loss(a(x), d(f(n(a(x)))))       first batch
    autoencoding     f, d   minimise  E loss(x, d(f(n(x))))             second
    generation       g, d   minimise  -E log D(fake)                    second
    autoencoding     f, d   minimise  E loss(x, d(f(n(x))))             third
    discrimination   D, f   minimise  -E log D(real) - E log(1 - D(fake))   third

    So the encoder helps the discriminator, and the decoder helps the generator.

    Args:
        encoder: images -> embeddings in (0, 1), (batch, latent_dim).
        decoder: embeddings -> logits of the images.
        discriminator: embeddings -> logit, (batch, 1); None for the fake path "none".
        generator: one input or more of uniform random numbers in (0, 1), (batch,
            latent_dim) each, and perhaps a last one of one-hot classes named "classes" ->
            embeddings; None for the fake paths "random" and "none".
        fake_path: "image" as above; "direct", where D sees g(u) itself and moves
            nothing but itself, and g too; "random", where random numbers take the place
            of g(u), and only the decoder learns from D; "none", autoencoding alone.
        loss: As of `Autoencoder`.
        noise: Standard deviation of n.
        augmentation: "dihedral", "moves", "faces" or "none".
        label_smoothing: s; on images the discriminator's target is 1 - s.
        seed: Of the model's random numbers.

    References:
        drburke/tensorflow, SENs/README.md, a description with code and without a paper;
        Generative Adversarial Nets (Goodfellow et al., 2014), for the game.
    """

    terms = ("reconstruction_loss", "augmented_loss", *GAME)
    maximized = ACCURACIES
    batches = ("augmented", "generated", "judged")
    pixel_noise = True
    builders = (build_autoencoder_networks, build_discriminator, build_generator)
    defaults = {
        "latent_dim": 32,
        "network": "normalised-conv",
        "activation": "leaky_relu",
        "code_activation": "sigmoid",
        "discriminator_units": (256, 256),
        "discriminator_activation": "leaky_relu",
        "discriminator_dropout": 0.2,
    }

    def __init__(
        self, encoder, decoder, discriminator=None, generator=None, *,
        fake_path: Annotated[str, Choice(FAKE_PATHS)] = "image",
        loss: ReconstructionLoss = "mse", noise: Deviation = 0.4,
        augmentation: Augmentation = "dihedral", label_smoothing: Share = 0.1, **kwargs,
    ):  # fmt: skip
        played = fake_path != "none"
        terms = [t for t in type(self).terms if played or t not in GAME]
        super().__init__(encoder, decoder, terms=tuple(terms), **kwargs)
        self.discriminator, self.generator = discriminator, generator
        self.fake_path, self.loss_name = fake_path, loss
        self.augmentation = check_augmentation(augmentation, self.image_shape)
        self.noise, self.label_smoothing = noise, label_smoothing

    @classmethod
    def create(cls, image_shape, told=0, readouts=None, **options):
        """A model with networks of its own; `options()` lists what it takes.

        Args:
            image_shape: (height, width, channels).
            told: Width of the one-hot classes that the generator is told.
            readouts: Further networks on embeddings, name -> width of the output.
            **options: Of the networks and the constructor.
        """
        architecture, critic, maker, others = cls.split_options(options)
        width = architecture["latent_dim"]
        encoder, decoder = build_autoencoder_networks(
            image_shape, cls.heads, **architecture
        )
        judge = partial(build_discriminator, width, **critic)
        path = others.get("fake_path", "image")
        discriminator = None if path == "none" else judge()
        made = path in ("image", "direct")
        generator = build_generator(width, told, **maker) if made else None
        readouts = {
            name: judge(name=name, outputs=n) for name, n in (readouts or {}).items()
        }
        return cls(encoder, decoder, discriminator, generator, **readouts, **others)

    def phases(self):
        """The five of a step, in their order."""
        networks = (self.encoder, self.decoder)
        augmented, generated, judged = SEN.batches
        phases = [
            Phase("autoencoding", self.augmented_autoencoding, networks, augmented),
            Phase("autoencoding", self.autoencoding, networks, generated),
            Phase("generation", self.generation, self.makers, generated),
            Phase("autoencoding", self.autoencoding, networks, judged),
            Phase("discrimination", self.discrimination, self.judges, judged),
        ]
        played = self.fake_path != "none"
        return [p for p in phases if played or p.name == "autoencoding"]

    @property
    def makers(self) -> tuple:
        """The networks that learn to deceive the discriminator."""
        if self.fake_path == "direct":
            return (self.generator,)
        return tuple(n for n in (self.generator, self.decoder) if n is not None)

    @property
    def judges(self) -> tuple:
        """The networks that learn to tell made embeddings from those of images."""
        helper = () if self.fake_path == "direct" else (self.encoder,)
        return (self.discriminator, *helper)

    def augmented_autoencoding(self, batch, training):
        """As `autoencoding`, of augmented images."""
        x = AUGMENTATIONS[self.augmentation](batch.x, self.seed_generator)
        loss, terms = self.autoencoding(batch._replace(x=x), training)
        return loss, {"augmented_loss": terms["reconstruction_loss"]}

    def autoencoding(self, batch, training):
        """The mean loss between images and what noisy ones are decoded to."""
        z = self.encoder(self.noisy(batch.x), training=training)
        loss = self.reconstruction_loss(batch.x, z, training)
        return loss, {"reconstruction_loss": loss}

    def reconstruction_loss(self, x, z, training):
        """The mean loss of the images that embeddings decode to."""
        logits = self.decoder(z, training=training)
        return ops.mean(RECONSTRUCTION_LOSSES[self.loss_name](x, logits))

    def generation(self, batch, training):
        """How surely what was made is told from images."""
        fake, _ = self.make_fakes(ops.shape(batch.x)[0], training)
        loss = non_saturating(self.discriminator(fake, training=training))
        return loss, {"generation": loss}

    def discrimination(self, batch, training):
        """The discriminator's loss on embeddings of images and on made ones."""
        judge = self.discriminator
        fake, _ = self.make_fakes(ops.shape(batch.x)[0], training)
        fake = judge(fake, training=training)
        real = judge(self.embed(batch.x, training), training=training)
        loss = loss_on_prior(real, self.label_smoothing) + loss_on_codes(fake)
        return loss, {
            "discrimination": loss,
            "accuracy_images": share_positive(real),
            "accuracy_generated": 1.0 - share_positive(fake),
        }

    def noisy(self, x):
        """Images with noise."""
        return gaussian(x, self.weight(self.noise), self.seed_generator)

    def corrupt(self, x, seed: int = 0):
        """Images as the encoder sees them in training, float32 in [0, 1], for a seed."""
        x = as_tensor_images(self.check_images(x))
        return ops.convert_to_numpy(gaussian(x, self.weight(self.noise), seed))

    def embed(self, x, training=False):
        """Embeddings of images, (batch, latent_dim)."""
        return self.embedding(self.encoder(x, training=training), training)

    def embedding(self, outputs, training=False):
        """The embeddings that outputs of the encoder stand for."""
        del training
        return outputs

    def code(self, x):
        """The embedding of a batch of images."""
        return self.embed(x)

    @property
    def classes_told(self) -> int:
        """How many classes the generator can be told; 0 if none."""
        inputs = [] if self.generator is None else self.generator.inputs
        return next((i.shape[-1] for i in inputs if i.name == "classes"), 0)

    def make_fakes(self, n, training):
        """Made embeddings as the discriminator sees them, and the classes told, or None."""
        told = None
        if self.classes_told:
            told = keras.random.randint(
                (n,), 0, self.classes_told, seed=self.seed_generator
            )
        made = self.make(self.draw_noise(n), told)
        if self.fake_path == "direct":
            return made, told
        images = ops.sigmoid(self.decoder(made, training=training))
        outputs = call_in_passing(self.encoder, images, training)
        return self.embedding(outputs, training), told

    @property
    def noise_width(self) -> int:
        """How many random numbers an embedding is made of."""
        if self.generator is None:
            return self.latent_dim
        inputs = len(self.generator.inputs) - (self.classes_told > 0)
        return inputs * self.latent_dim

    def make(self, noise, told=None):
        """The embeddings that the generator makes, or the random numbers themselves.

        Args:
            noise: Random numbers in (0, 1), (batch, noise_width).
            told: The classes that it is told, (batch,) whole numbers.
        """
        if self.generator is None:
            return noise
        inputs = ops.split(noise, self.noise_width // self.latent_dim, axis=1)
        if self.classes_told:
            inputs.append(ops.one_hot(told, self.classes_told, dtype=noise.dtype))
        return self.generator(inputs)

    def draw_noise(self, n):
        """Random numbers that embeddings are made of, uniform in (0, 1)."""
        shape = (n, self.noise_width)
        return keras.random.uniform(shape, seed=self.seed_generator)

    def noise_array(self, n: int, rng) -> np.ndarray:
        """The same from a NumPy generator."""
        return rng.random((n, self.noise_width), np.float32)

    def generate_codes(self, n: int, seed: int = 0, labels=None) -> np.ndarray:
        """`n` made embeddings, (n, latent_dim).

        Args:
            n: How many.
            seed: Of the random numbers.
            labels: The class that the generator is told of each; all in turn if None.

        Raises:
            DataError: the labels are not `n` classes that it can be told.
            UnsupportedError: the fake path is "none".
        """
        if self.fake_path == "none":
            raise UnsupportedError(
                "This shared-encoding network was trained without a generator. Train "
                "one with another fake path, for example image."
            )
        noise = self.noise_array(n, np.random.default_rng([seed, 5]))
        if labels is None:
            labels = np.arange(n) % max(self.classes_told, 1)
        elif not self.classes_told:
            raise DataError(
                "The generator is told no class. Leave the labels out, or train a "
                "directed shared-encoding network."
            )
        labels = check_labels(labels, n, max(self.classes_told, 1))
        return self.map("make", _make, noise, labels)

    def generate(self, n: int, seed: int = 0, labels=None) -> np.ndarray:
        """`n` images decoded from made embeddings; see `generate_codes`."""
        return self.decode(self.generate_codes(n, seed, labels))

    def complaints(self, row):
        if self.fake_path == "none":
            return super().complaints(row)
        accuracies = ("accuracy_generated", "accuracy_images")
        return super().complaints(row) | discriminator_wins(
            row, accuracies, "of the made embeddings", "of those of images"
        )

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "discriminator": serialize(self.discriminator),
            "generator": serialize(self.generator),
            "fake_path": self.fake_path,
            "loss": self.loss_name,
            "noise": serialize(self.noise),
            "augmentation": self.augmentation,
            "label_smoothing": self.label_smoothing,
        }


@keras.saving.register_keras_serializable("keras_aae")
class VariationalSEN(SEN):
    """A SEN whose encoder gives a distribution, so that random embeddings decode.

    embedding = sigmoid(a),  a ~ q(a|x) = N(m(x), exp(v(x)))

    Autoencoding minimises loss + kl_weight KL(q(a|x) || N(0, 1)). Without a generator
    random embeddings are sigmoid(e), e ~ N(0, I), those that decoder and discriminator
    should expect.

    Args:
        encoder: images -> [m, v], (batch, latent_dim) each.
        decoder, discriminator, generator, ..., seed: As of `SEN`.
        kl_weight: A number or a Keras schedule over steps.

    References:
        Auto-Encoding Variational Bayes (Kingma, Welling, 2013), section 2.
    """

    heads = ("z_mean", "z_log_var")
    terms = (*SEN.terms, "kl")
    defaults = SEN.defaults | {
        "code_activation": None, "fake_path": "random", "loss": "bernoulli",
    }  # fmt: skip

    def __init__(
        self, encoder, decoder, discriminator, generator=None, *,
        kl_weight: Weight = 1.0, **kwargs,
    ):  # fmt: skip
        super().__init__(encoder, decoder, discriminator, generator, **kwargs)
        self.kl_weight = kl_weight

    def autoencoding(self, batch, training):
        """The mean loss between images and what noisy ones are decoded to, and the KL."""
        outputs = self.encoder(self.noisy(batch.x), training=training)
        z = self.embedding(outputs, training)
        loss = self.reconstruction_loss(batch.x, z, training)
        kl = ops.mean(ops.sum(normal_kl(*outputs), axis=-1))
        terms = {"reconstruction_loss": loss, "kl": kl}
        return loss + self.weight(self.kl_weight) * kl, terms

    def embedding(self, outputs, training=False):
        """In training a draw of sigmoid(a), otherwise sigmoid(m)."""
        mean, log_var = outputs
        if not training:
            return ops.sigmoid(mean)
        e = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return ops.sigmoid(mean + ops.exp(0.5 * log_var) * e)

    def draw_noise(self, n):
        if self.generator is not None:
            return super().draw_noise(n)
        shape = (n, self.latent_dim)
        return ops.sigmoid(keras.random.normal(shape, seed=self.seed_generator))

    def noise_array(self, n, rng):
        if self.generator is not None:
            return super().noise_array(n, rng)
        e = rng.standard_normal((n, self.latent_dim), np.float32)
        return 1 / (1 + np.exp(-e))

    def get_config(self):
        weight = keras.saving.serialize_keras_object(self.kl_weight)
        return super().get_config() | {"kl_weight": weight}


@keras.saving.register_keras_serializable("keras_aae")
class ClassifyingSEN(ClassifyingModel, SEN):
    """A SEN with a classifier of embeddings, c, trained along with the others.

    classification   c, f   minimise  -E log c(f(x))_label

    over the labelled images, after the phases without labels.

    Args:
        encoder, decoder, discriminator, generator, ..., seed: As of `SEN`.
        classifier: embeddings -> logits of the classes.
    """

    terms = (*SEN.terms, "classification", "classification_error")
    batches = (*SEN.batches, LABELLED)
    uses_labels = True
    directed = False

    def __init__(
        self, encoder, decoder, discriminator, generator=None, *, classifier, **kwargs
    ):
        super().__init__(encoder, decoder, discriminator, generator, **kwargs)
        self.classifier = classifier

    @classmethod
    def options(cls):
        """Those of the family, and the number of classes."""
        return super().options() | option_of_create("classes", Width, 10)

    @classmethod
    def create(cls, image_shape, *, classes: int = 10, **options):
        """A model with networks of its own; `options()` lists what it takes."""
        told = classes if cls.directed else 0
        return super().create(image_shape, told, {"classifier": classes}, **options)

    @property
    def label_classes(self) -> int:
        """How many classes labels may be of."""
        return self.classifier.output_shape[-1]

    def phases(self):
        """Those without labels, and classification."""
        networks = (self.classifier, self.encoder)
        objective = self.classification
        return [
            *super().phases(),
            Phase("classification", objective, networks, LABELLED),
        ]

    def classification(self, batch, training):
        """The cross-entropy of labelled images, in nats, and the share that is wrong."""
        outputs = call_in_passing(self.encoder, batch.x, training)
        z = self.embedding(outputs, training)
        logits = self.classifier(z, training=training)
        loss = ops.mean(cross_entropy(batch.labels, logits))
        error = ops.mean(wrong(batch.labels, logits))
        return loss, {"classification": loss, "classification_error": error}

    def class_logits(self, x):
        """The logits of the classes of images, (batch, classes)."""
        return self.classifier(self.embed(x), training=False)

    def get_config(self):
        classifier = keras.saving.serialize_keras_object(self.classifier)
        return super().get_config() | {"classifier": classifier}


@keras.saving.register_keras_serializable("keras_aae")
class DirectedSEN(ClassifyingSEN):
    """A `ClassifyingSEN` whose generator is told the class to make.

    generation   g, d   minimise  -E log D(fake) - E log c(fake)_y,  fake made of u and y

    with y uniform over the classes.
    """

    terms = (*ClassifyingSEN.terms, "direction")
    directed = True

    def __init__(self, encoder, decoder, discriminator, generator=None, **kwargs):
        super().__init__(encoder, decoder, discriminator, generator, **kwargs)
        _check_generator(self)

    def generation(self, batch, training):
        """How surely what was made is told from images, and from its class."""
        fake, told = self.make_fakes(ops.shape(batch.x)[0], training)
        loss = non_saturating(self.discriminator(fake, training=training))
        logits = self.classifier(fake, training=training)
        missed = ops.mean(cross_entropy(told, logits))
        return loss + missed, {"generation": loss, "direction": missed}


@keras.saving.register_keras_serializable("keras_aae")
class FeatureSEN(SEN):
    """A SEN whose generator is told a feature, which a detector has to find again.

    generation   g, t   minimise  -E log D(fake) - E log t(fake)_c - E log max_k t(real)_k

    with c uniform over as many features as embeddings have units, and t the detector; the
    last term makes it sure of images, whose features nobody names.

    Args:
        encoder, decoder, discriminator, generator, ..., seed: As of `SEN`.
        detector: embeddings -> logits of the features.

    References:
        drburke/tensorflow, SENs 2.0/, code; InfoGAN (Chen, Duan, Houthooft, Schulman,
        Sutskever, Abbeel, 2016), section 4, for what it is.
    """

    terms = (*SEN.terms, "direction", "certainty")

    def __init__(
        self, encoder, decoder, discriminator, generator=None, *, detector, **kwargs
    ):
        super().__init__(encoder, decoder, discriminator, generator, **kwargs)
        _check_generator(self)
        self.detector = detector

    @classmethod
    def create(cls, image_shape, **options):
        """A model with networks of its own; `options()` lists what it takes."""
        features = options.get("latent_dim", cls.defaults["latent_dim"])
        return super().create(image_shape, features, {"detector": features}, **options)

    @property
    def makers(self):
        """The generator and the detector; the decoder is left to the autoencoding."""
        return (self.generator, self.detector)

    def generation(self, batch, training):
        """How surely what was made is told from images, and its feature found."""
        fake, told = self.make_fakes(ops.shape(batch.x)[0], training)
        loss = non_saturating(self.discriminator(fake, training=training))
        found = self.detector(fake, training=training)
        missed = ops.mean(cross_entropy(told, found))
        real = self.detector(self.embed(batch.x, training), training=training)
        unsure = ops.mean(cross_entropy(ops.argmax(real, axis=-1), real))
        terms = {"generation": loss, "direction": missed, "certainty": unsure}
        return loss + missed + unsure, terms

    def get_config(self):
        detector = keras.saving.serialize_keras_object(self.detector)
        return super().get_config() | {"detector": detector}


def _check_generator(model) -> None:
    if model.generator is None:
        raise RecipeError(
            f"A {type(model).__name__} needs a generator to tell what to make. Use the "
            "fake path image or direct."
        )


def _make(model, noise, labels):
    return model.make(noise, labels)
