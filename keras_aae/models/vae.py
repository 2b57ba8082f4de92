"""Variational autoencoders: beta-VAE, learned priors, importance weights, classes."""

import math
from typing import Annotated, Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import (
    Choice,
    ImageShape,
    Repeats,
    Seed,
    Tensor,
    Weight,
    Width,
    pick,
)
from keras_aae.engine import Phase
from keras_aae.engine.batch import Batch, Terms
from keras_aae.engine.batch_loader import LABELED
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import RecipeError
from keras_aae.lookup import load_entry
from keras_aae.losses.classification import cross_entropy, zero_one_loss
from keras_aae.losses.divergences import normal_kl, normal_log_prob
from keras_aae.losses.reconstruction import LIKELIHOODS, Likelihood
from keras_aae.models.base.autoencoder import AutoencodingModel
from keras_aae.models.base.classifier import ClassifyingModel
from keras_aae.models.base.conditional import ClassDecodingModel
from keras_aae.models.base.generator import PriorName
from keras_aae.networks import build_autoencoder_networks
from keras_aae.networks.classifier import build_wide_classifier
from keras_aae.priors import Normal
from keras_aae.registry import PRIORS


def _elbo(model: Any, nll: Tensor, kl: Tensor, rate: Tensor) -> Tensor:
    return ops.mean(nll) + model.weight(model.beta) * ops.mean(kl)


def _iwae(model: Any, nll: Tensor, kl: Tensor, rate: Tensor) -> Tensor:
    log_weights = -nll - model.weight(model.beta) * rate
    return math.log(model.samples) - ops.mean(ops.logsumexp(log_weights, axis=0))


OBJECTIVES = {"elbo": _elbo, "iwae": _iwae}


@keras.saving.register_keras_serializable("keras_aae")
class VAE(AutoencodingModel):
    """Learns a distribution of codes for every image, close to a prior.

    q(z|x) = N(m(x), exp(v(x))),  z = m + exp(v / 2) eps,  eps ~ N(0, I)

    "elbo": minimize  mean_x mean_k  [ -log p(x|z_k) + beta KL(q(z|x) || p(z)) ]
    "iwae": minimize  mean_x  -log mean_k  p(x|z_k) (p(z_k) / q(z_k|x))^beta

    with k = 1..K samples of z an image. The encoder gives the log-variance v, so the
    standard deviation is exp(v / 2). `neg_elbo`, -ELBO, is always the first sum with
    beta = 1, in nats per example.

    Args:
        encoder: images -> [z_mean, z_log_var], each (batch, latent_dim).
        decoder: codes -> logits of the images.
        likelihood: "bernoulli" or "gaussian".
        beta: Weight of the KL term, a number or a Keras schedule over steps.
        prior: "normal", or "mixture" for a learned mixture of `components` normals.
        objective: "elbo" or "iwae".
        samples: K.
        binarize: Whether every step sees pixels drawn from Bernoulli(x).
        seed: Of the model's random numbers.

    References:
        Auto-Encoding Variational Bayes (Kingma, Welling, 2013), sections 2.3 and 3;
        beta-VAE (Higgins et al., 2017), equation 4;
        Importance Weighted Autoencoders (Burda, Grosse, Salakhutdinov, 2015), section 3;
        VAE with a VampPrior (Tomczak, Welling, 2018), section 2, for the mixture.
    """

    terms = ("neg_elbo", "reconstruction_nll", "kl")
    heads = ("z_mean", "z_log_var")
    defaults = {"latent_dim": 2}

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        likelihood: Likelihood = "bernoulli",
        beta: Weight = 1.0,
        prior: PriorName = "normal",
        components: Width = 10,
        objective: Annotated[str, Choice(OBJECTIVES)] = "elbo",
        samples: Repeats = 1,
        binarize: bool = False,
        seed: Seed = 0,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, seed=seed, **kwargs)
        self.prior = load_entry(prior, PRIORS, "prior").build_for(
            decoder.inputs[0].shape[-1], components, seed
        )
        self.prior_name, self.components = prior, components
        self.likelihood, self.objective = likelihood, objective
        self.beta, self.samples = beta, samples
        self.binarize = self.pixel_noise = binarize

    def phases(self) -> list[Phase]:
        """One phase: the negative evidence lower bound."""
        learned = [p for p in (self.prior,) if isinstance(p, keras.layers.Layer)]
        networks = (self.encoder, self.decoder, *learned)
        return [Phase("elbo", self.negative_elbo, networks)]

    def negative_elbo(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the weighted bound of a batch, with K sampled codes an image."""
        x = self.observed(batch.x)
        q = self.encoder(x, training=training)
        z = [self.sample_posterior(*q) for _ in range(self.samples)]
        return self.loss_of_samples(x, q, z, batch.labels, training)

    def sample_posterior(self, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
        """Return a draw from q(z|x) for each image, (batch, latent_dim)."""
        noise = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return self.reparameterize(z_mean, z_log_var, noise)

    def loss_of_samples(
        self,
        x: Tensor,
        q: tuple[Tensor, Tensor],
        z: list[Tensor],
        labels: Tensor | None,
        training: bool,
    ) -> tuple[Tensor, Terms]:
        """Compute the loss and its terms from samples; a variant adds its own terms here.

        Args:
            x: Images, (batch, H, W, C).
            q: Mean and log-variance of q(z|x), each (batch, latent_dim).
            z: K draws from q(z|x), each (batch, latent_dim).
            labels: The class of each image, or None.
            training: Whether networks run as in training.
        """
        draws = [self._sample_terms(x, q, each, labels, training) for each in z]
        nll, kl, rate = (ops.stack(values) for values in zip(*draws, strict=True))
        loss = OBJECTIVES[self.objective](self, nll, kl, rate)
        nll, kl = ops.mean(nll), ops.mean(kl)
        return loss, {"neg_elbo": nll + kl, "reconstruction_nll": nll, "kl": kl}

    def _sample_terms(
        self,
        x: Tensor,
        q: tuple[Tensor, Tensor],
        z: Tensor,
        labels: Tensor | None,
        training: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """-log p(x|z), the KL term and log q(z|x) / p(z) for one z an image, (batch,)."""
        nll = self.reconstruction_nll(x, z, labels, training)
        rate = normal_log_prob(z, *q) - self.prior.log_prob(z)
        return nll, self.prior.kl(z, *q), rate

    def observed(self, x: Tensor) -> Tensor:
        """The images of a step: as they are, or drawn from Bernoulli(x)."""
        if not self.binarize:
            return x
        # Flat: XLA does not vectorize over a last axis of one channel.
        flat = ops.reshape(x, (ops.shape(x)[0], -1))
        u = keras.random.uniform(ops.shape(flat), seed=self.seed_generator)
        return ops.reshape(ops.cast(u < flat, x.dtype), ops.shape(x))

    @staticmethod
    def reparameterize(z_mean: Tensor, z_log_var: Tensor, noise: Tensor) -> Tensor:
        """z = m + exp(v / 2) eps."""
        return z_mean + ops.exp(0.5 * z_log_var) * noise

    def reconstruction_nll(
        self, x: Tensor, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """-log p(x|z) of each image, in nats, (batch,)."""
        return LIKELIHOODS[self.likelihood](x, self.logits(z, labels, training))

    def logits(
        self, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """What the decoder makes of codes; it needs no labels."""
        del labels
        return self.decoder(z, training=training)

    def encode_tensor(self, x: Tensor) -> Tensor:
        """The mean of q(z|x)."""
        return self.encoder(x, training=False)[0]

    def encoder_outputs(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """The means and log-variances of q(z|x)."""
        return dict(zip(self.heads, self.posterior(x), strict=True))

    def posterior(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean and log-variance of q(z|x), each (n, latent_dim)."""
        return self.map("posterior", _posterior, self.check_images(x))

    def kl_per_dimension(self, x: np.ndarray) -> np.ndarray:
        """KL(q(z|x) || N(0, 1)) of each dimension, mean over images, (latent_dim,), nats.

        Raises:
            RecipeError: the prior is another.
        """
        if not isinstance(self.prior, Normal):
            raise RecipeError(
                f"The prior {self.prior_name!r} has no KL a dimension. Use `bound`."
            )
        return self.map("kl", _kl_per_dimension, self.check_images(x)).mean(axis=0)

    def bound(
        self, x: np.ndarray, noise: np.ndarray, labels: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return -log p(x|z) and KL(q(z|x) || p(z)) of each image, for given eps; nats.

        Args:
            x: Images, as for `encode`.
            noise: eps, (n, latent_dim); z = m + exp(v / 2) eps.
            labels: The class of each image, (n,), if the decoder is conditioned on it:
                p(x|z, y) takes the place of p(x|z).

        Returns:
            Two arrays, (n,) each.
        """
        x = self.check_images(x)
        return self.map("bound", _bound, x, noise, *self.condition(labels, len(x)))

    def log_importance_weights(
        self, x: np.ndarray, noise: np.ndarray, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Return log p(x|z) + log p(z) - log q(z|x) of each image, in nats.

        Args:
            x: Images, as for `encode`.
            noise: eps of K samples an image, (K, n, latent_dim).
            labels: As of `bound`.

        Returns:
            (K, n).
        """
        x = self.check_images(x)
        fixed = (x, *self.posterior(x), *self.condition(labels, len(x)))
        return np.stack([self.map("weight", _log_weight, eps, *fixed) for eps in noise])


@keras.saving.register_keras_serializable("keras_aae")
class ConditionalVAE(ClassDecodingModel, VAE):
    """A VAE whose decoder is told the class of the image.

    p(x|y) = int p(x|z, y) p(z) dz,  q(z|x) as of `VAE`

    The code is left with what the class does not say. Images are decoded for given
    classes; without them `reconstruct` takes the most likely one, that of `classify`.

    Args:
        encoder, likelihood, beta, ..., seed: As of `VAE`.
        decoder: [codes, one-hot classes] -> logits of the images.

    References:
        Semi-supervised Learning with Deep Generative Models (Kingma, Rezende, Mohamed,
        Welling, 2014), section 2, model M2 with all labels known.
    """

    def reconstruction_error(
        self, x: Tensor, z: Tensor, labels: Tensor | None
    ) -> Tensor:
        """-log p(x|z, y), in nats."""
        return self.reconstruction_nll(x, z, labels)


@keras.saving.register_keras_serializable("keras_aae")
class WideAndDeepVAE(ClassifyingModel, VAE):
    """A VAE, and a classifier c of images and of their codes together.

    elbo            encoder, decoder   minimize  -ELBO, as of `VAE`
    classification  c                  minimize  -E log softmax(c(x, m(x)))_label

    over all images, and over the labeled ones. The classifier leaves the codes as they
    are: they are learned without labels.

    Args:
        encoder, decoder, likelihood, ..., seed: As of `VAE`.
        classifier: [images, codes] -> logits of the classes.

    References:
        gtoubassi/mnist-vae, mnist_wide_deep.py, which trains one after the other; Wide &
        Deep Learning for Recommender Systems (Cheng et al., 2016), section 3.
    """

    terms = (*VAE.terms, "classification", "classification_error")
    batches = ("images", LABELED)
    defaults = {"latent_dim": 20}
    builders = (build_autoencoder_networks, build_wide_classifier)
    uses_labels = True

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        classifier: keras.Model,
        **kwargs: Any,
    ):
        super().__init__(encoder, decoder, **kwargs)
        self.classifier = classifier

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Return the encoder, the decoder and the classifier."""
        networks = super().build_networks(image_shape, **options)
        classifier = build_wide_classifier(
            image_shape, options["latent_dim"], **pick(build_wide_classifier, options)
        )
        return (*networks, classifier)

    @property
    def label_classes(self) -> int:
        """How many classes labels may be of."""
        return self.classifier.output_shape[-1]

    def phases(self) -> list[Phase]:
        """The bound, and classification."""
        classification = Phase(
            "classification", self.classification, (self.classifier,), LABELED
        )
        return [*super().phases(), classification]

    def classification(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """The cross-entropy of labeled images, in nats, and the share that is wrong."""
        logits = self.classifier(
            [batch.x, self.encode_tensor(batch.x)], training=training
        )
        loss = ops.mean(cross_entropy(batch.labels, logits))
        error = ops.mean(zero_one_loss(batch.labels, logits))
        return loss, {"classification": loss, "classification_error": error}

    def class_logits(self, x: Tensor) -> Tensor:
        """The logits of the classes of images, (batch, classes)."""
        return self.classifier([x, self.encode_tensor(x)], training=False)


def _posterior(model: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    return tuple(model.encoder(as_tensor_images(x), training=False))


def _kl_per_dimension(model: Any, x: Tensor) -> Tensor:
    return normal_kl(*_posterior(model, x))


def _bound(
    model: Any, x: Tensor, noise: Tensor, labels: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    x = as_tensor_images(x)
    z_mean, z_log_var = _posterior(model, x)
    z = model.reparameterize(z_mean, z_log_var, noise)
    nll = model.reconstruction_nll(x, z, labels)
    return nll, model.prior.kl(z, z_mean, z_log_var)


def _log_weight(
    model: Any,
    noise: Tensor,
    x: Tensor,
    z_mean: Tensor,
    z_log_var: Tensor,
    labels: Tensor | None = None,
) -> Tensor:
    z = model.reparameterize(z_mean, z_log_var, noise)
    # log q(z|x) is that of eps under N(0, I), less the log of the stretch exp(v / 2).
    log_q = normal_log_prob(noise) - 0.5 * ops.sum(z_log_var, axis=-1)
    nll = model.reconstruction_nll(as_tensor_images(x), z, labels)
    return model.prior.log_prob(z) - nll - log_q
