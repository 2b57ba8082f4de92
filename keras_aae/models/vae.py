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
    """A variational autoencoder, which learns a posterior of codes close to a prior.

    q(z|x) = N(m(x), exp(v(x))),  z = m + exp(v / 2) eps,  eps ~ N(0, I)

    "elbo": minimize  mean_x mean_k  [ -log p(x|z_k) + beta KL(q(z|x) || p(z)) ]
    "iwae": minimize  mean_x  -log mean_k  p(x|z_k) (p(z_k) / q(z_k|x))^beta

    with k = 1..K samples of z per image. The encoder returns the log-variance v, so the
    standard deviation is exp(v / 2). The term `neg_elbo`, -ELBO, is always the first
    sum with beta = 1, in nats per example.

    Args:
        encoder: images -> [z_mean, z_log_var], each (batch, latent_dim).
        decoder: codes -> logits of the images.
        likelihood: Likelihood of the pixels, "bernoulli" or "gaussian".
        beta: Weight of the KL term; a number or a Keras schedule over steps.
        prior: Key of `registry.PRIORS`; "mixture" is learned.
        components: Number of the prior's components, if it has components.
        objective: Objective, "elbo" or "iwae".
        samples: Number of samples K per image.
        binarize: Whether pixels are drawn from Bernoulli(x) in every step.
        seed: Seed of the model's random numbers.

    References:
        Auto-Encoding Variational Bayes (Kingma, Welling, 2013), sections 2.3 and 3;
        beta-VAE (Higgins et al., 2017), equation 4;
        Importance Weighted Autoencoders (Burda, Grosse, Salakhutdinov, 2015),
        section 3; VAE with a VampPrior (Tomczak, Welling, 2018), section 2, for the
        mixture.
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
        """Return the only phase, the negative evidence lower bound."""
        learned = [p for p in (self.prior,) if isinstance(p, keras.layers.Layer)]
        networks = (self.encoder, self.decoder, *learned)
        return [Phase("elbo", self.negative_elbo, networks)]

    def negative_elbo(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the weighted bound of a batch, with K sampled codes per image."""
        x = self.observed(batch.x)
        q = self.encoder(x, training=training)
        z = [self.sample_posterior(*q) for _ in range(self.samples)]
        return self.loss_of_samples(x, q, z, batch.labels, training)

    def sample_posterior(self, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
        """Draw a code from q(z|x) for each image, (batch, latent_dim)."""
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
        """Compute the loss and its terms from samples.

        A subclass overrides this method to add terms.

        Args:
            x: Images, (batch, H, W, C).
            q: Mean and log-variance of q(z|x), each (batch, latent_dim).
            z: K draws from q(z|x), each (batch, latent_dim).
            labels: Class of each image, or None.
            training: Whether networks run in training mode.
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
        """Return -log p(x|z), the KL term and log q(z|x) / p(z) for one z per image."""
        nll = self.reconstruction_nll(x, z, labels, training)
        rate = normal_log_prob(z, *q) - self.prior.log_prob(z)
        return nll, self.prior.kl(z, *q), rate

    def observed(self, x: Tensor) -> Tensor:
        """Return the images of a step: unchanged, or drawn from Bernoulli(x)."""
        if not self.binarize:
            return x
        # Flat: XLA does not vectorize over a last axis of one channel.
        flat = ops.reshape(x, (ops.shape(x)[0], -1))
        u = keras.random.uniform(ops.shape(flat), seed=self.seed_generator)
        return ops.reshape(ops.cast(u < flat, x.dtype), ops.shape(x))

    @staticmethod
    def reparameterize(z_mean: Tensor, z_log_var: Tensor, noise: Tensor) -> Tensor:
        """Compute z = m + exp(v / 2) eps."""
        return z_mean + ops.exp(0.5 * z_log_var) * noise

    def reconstruction_nll(
        self, x: Tensor, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute -log p(x|z) of each image, in nats, (batch,)."""
        return LIKELIHOODS[self.likelihood](x, self.logits(z, labels, training))

    def logits(
        self, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the decoder's logits of codes; the labels are ignored."""
        del labels
        return self.decoder(z, training=training)

    def encode_tensor(self, x: Tensor) -> Tensor:
        """Compute the mean of q(z|x), (batch, latent_dim)."""
        return self.encoder(x, training=False)[0]

    def encoder_outputs(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Return the means and log-variances of q(z|x) by name."""
        return dict(zip(self.heads, self.posterior(x), strict=True))

    def posterior(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the means and log-variances of q(z|x), each (n, latent_dim)."""
        return self.map("posterior", _posterior, self.check_images(x))

    def kl_per_dimension(self, x: np.ndarray) -> np.ndarray:
        """Compute KL(q(z|x) || N(0, 1)) of each dimension, in nats, (latent_dim,).

        The values are means over the images.

        Raises:
            RecipeError: the prior is not standard normal.
        """
        if not isinstance(self.prior, Normal):
            raise RecipeError(
                f"Invalid prior {self.prior_name!r} for the KL of each dimension. "
                "Expected 'normal'. Use `bound` for the KL of all dimensions."
            )
        return self.map("kl", _kl_per_dimension, self.check_images(x)).mean(axis=0)

    def bound(
        self, x: np.ndarray, noise: np.ndarray, labels: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Compute -log p(x|z) and KL(q(z|x) || p(z)) of each image, in nats.

        Args:
            x: Images, as for `encode`.
            noise: eps, (n, latent_dim); z = m + exp(v / 2) eps.
            labels: Class of each image, (n,), if the decoder is conditioned on it:
                p(x|z, y) replaces p(x|z).

        Returns:
            Two arrays, (n,) each.
        """
        x = self.check_images(x)
        return self.map("bound", _bound, x, noise, *self.condition(labels, len(x)))

    def log_importance_weights(
        self, x: np.ndarray, noise: np.ndarray, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Compute log p(x|z) + log p(z) - log q(z|x) of each image, in nats.

        Args:
            x: Images, as for `encode`.
            noise: eps of K samples per image, (K, n, latent_dim).
            labels: See `bound`.

        Returns:
            Array, (K, n).
        """
        x = self.check_images(x)
        fixed = (x, *self.posterior(x), *self.condition(labels, len(x)))
        return np.stack([self.map("weight", _log_weight, eps, *fixed) for eps in noise])


@keras.saving.register_keras_serializable("keras_aae")
class ConditionalVAE(ClassDecodingModel, VAE):
    """A VAE whose decoder is conditioned on the class of the image.

    p(x|y) = int p(x|z, y) p(z) dz,  q(z|x) as in `VAE`

    The code represents the variation within a class. Images are decoded conditioned on
    given classes; without labels, `reconstruct` uses the most likely class, as
    `classify` does.

    Args:
        encoder, likelihood, beta, ..., seed: See `VAE`.
        decoder: [codes, one-hot classes] -> logits of the images.

    References:
        Semi-supervised Learning with Deep Generative Models (Kingma, Rezende, Mohamed,
        Welling, 2014), section 2, model M2 with all labels known.
    """

    def reconstruction_error(
        self, x: Tensor, z: Tensor, labels: Tensor | None
    ) -> Tensor:
        """Compute -log p(x|z, y), in nats, (batch,)."""
        return self.reconstruction_nll(x, z, labels)


@keras.saving.register_keras_serializable("keras_aae")
class WideAndDeepVAE(ClassifyingModel, VAE):
    """A VAE, and a classifier c of images and their codes.

    elbo            encoder, decoder   minimize  -ELBO, as in `VAE`
    classification  c                  minimize  -E log softmax(c(x, m(x)))_label

    The ELBO is over all images, the classification over the labeled ones. The
    classifier does not train the encoder: codes are learned without labels.

    Args:
        encoder, decoder, likelihood, ..., seed: See `VAE`.
        classifier: [images, codes] -> logits of the classes.

    References:
        gtoubassi/mnist-vae, mnist_wide_deep.py, which trains the two in sequence;
        Wide & Deep Learning for Recommender Systems (Cheng et al., 2016), section 3.
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
        """Build the encoder, the decoder and the classifier."""
        networks = super().build_networks(image_shape, **options)
        classifier = build_wide_classifier(
            image_shape, options["latent_dim"], **pick(build_wide_classifier, options)
        )
        return (*networks, classifier)

    @property
    def label_classes(self) -> int:
        """Number of classes of the labels."""
        return self.classifier.output_shape[-1]

    def phases(self) -> list[Phase]:
        """Return the phases of the bound and of the classification."""
        classification = Phase(
            "classification", self.classification, (self.classifier,), LABELED
        )
        return [*super().phases(), classification]

    def classification(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the cross-entropy of labeled images, in nats, and the error rate."""
        logits = self.classifier(
            [batch.x, self.encode_tensor(batch.x)], training=training
        )
        loss = ops.mean(cross_entropy(batch.labels, logits))
        error = ops.mean(zero_one_loss(batch.labels, logits))
        return loss, {"classification": loss, "classification_error": error}

    def class_logits(self, x: Tensor) -> Tensor:
        """Compute the class logits of images, (batch, classes)."""
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
    # By the change of variables: log q(z|x) = log N(eps; 0, I) - sum(v) / 2.
    log_q = normal_log_prob(noise) - 0.5 * ops.sum(z_log_var, axis=-1)
    nll = model.reconstruction_nll(as_tensor_images(x), z, labels)
    return model.prior.log_prob(z) - nll - log_q
