"""Variational autoencoder."""

import keras
import numpy as np
from keras import ops

from keras_aae.divergences import normal_kl
from keras_aae.engine import AutoencodingModel, Phase
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import RecipeError
from keras_aae.losses import LIKELIHOODS
from keras_aae.networks import build_autoencoder_networks
from keras_aae.priors import Normal


@keras.saving.register_keras_serializable("keras_aae")
class VAE(AutoencodingModel):
    """Learns a distribution of codes for every image, close to a prior.

    q(z|x) = N(m(x), exp(v(x))),  z = m + exp(v / 2) eps,  eps ~ N(0, I)
    minimise  mean_x  [ -log p(x|z) + beta KL(q(z|x) || N(0, I)) ]

    The encoder gives the log-variance v, so the standard deviation is exp(v / 2).
    `neg_elbo`, -ELBO, is always the sum with beta = 1, in nats per example.

    Args:
        encoder: images -> [z_mean, z_log_var], each (batch, latent_dim).
        decoder: codes -> logits of the images.
        likelihood: "bernoulli" or "gaussian".
        beta: Weight of the KL term, a number or a Keras schedule over steps.
        seed: Of the model's random numbers.

    References:
        Auto-Encoding Variational Bayes (Kingma, Welling, 2013), sections 2.3 and 3;
        beta-VAE (Higgins et al., 2017), equation 4.
    """

    terms = ("neg_elbo", "reconstruction_nll", "kl")

    def __init__(
        self, encoder, decoder, *, likelihood="bernoulli", beta=1.0, seed=0, **kwargs
    ):
        prior = Normal(decoder.input_shape[-1])
        super().__init__(encoder, decoder, prior=prior, seed=seed, **kwargs)
        if likelihood not in LIKELIHOODS:
            raise RecipeError(
                f"Unknown likelihood {likelihood!r}. Choices: {', '.join(LIKELIHOODS)}."
            )
        self.likelihood = likelihood
        self.beta = beta

    @classmethod
    def create(
        cls,
        image_shape,
        latent_dim: int = 2,
        network: str = "dense",
        hidden_units: tuple | None = None,
        activation: str = "relu",
        likelihood: str = "bernoulli",
        beta: float = 1.0,
        seed: int = 0,
    ) -> "VAE":
        """A VAE of dense or convolutional networks."""
        encoder, decoder = build_autoencoder_networks(
            image_shape, latent_dim, network, hidden_units, activation,
            heads=("z_mean", "z_log_var"),
        )  # fmt: skip
        return cls(encoder, decoder, likelihood=likelihood, beta=beta, seed=seed)

    def phases(self):
        """One phase: the negative evidence lower bound."""
        return [Phase("elbo", self.negative_elbo, (self.encoder, self.decoder))]

    def negative_elbo(self, batch, training):
        """The weighted bound of a batch, with one sampled code an image."""
        z_mean, z_log_var = self.encoder(batch.x, training=training)
        noise = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        z = self.reparameterize(z_mean, z_log_var, noise)
        nll = ops.mean(self.reconstruction_nll(batch.x, z, training))
        kl = ops.mean(ops.sum(normal_kl(z_mean, z_log_var), axis=-1))
        loss = nll + self.weight(self.beta) * kl
        return loss, {"neg_elbo": nll + kl, "reconstruction_nll": nll, "kl": kl}

    @staticmethod
    def reparameterize(z_mean, z_log_var, noise):
        """z = m + exp(v / 2) eps."""
        return z_mean + ops.exp(0.5 * z_log_var) * noise

    def reconstruction_nll(self, x, z, training=False):
        """-log p(x|z) of each image, in nats, (batch,)."""
        return LIKELIHOODS[self.likelihood](x, self.decoder(z, training=training))

    def code(self, x):
        """The mean of q(z|x)."""
        return self.encoder(x, training=False)[0]

    def posterior(self, x):
        """The mean and log-variance of q(z|x), each (n, latent_dim)."""
        return self.map("posterior", _posterior, self.check_images(x))

    def kl_per_dimension(self, x):
        """KL(q(z|x) || p(z)) of each dimension, mean over images, (latent_dim,), nats."""
        return self.map("kl", _kl_per_dimension, self.check_images(x)).mean(axis=0)

    def bound(self, x, noise):
        """-log p(x|z) and KL(q(z|x) || p(z)) of each image, for given eps; nats.

        Args:
            x: Images, as for `encode`.
            noise: eps, (n, latent_dim); z = m + exp(v / 2) eps.

        Returns:
            Two arrays, (n,) each.
        """
        return self.map("bound", _bound, self.check_images(x), noise)

    def log_importance_weights(self, x, noise):
        """log p(x|z) + log p(z) - log q(z|x) of each image, in nats.

        Args:
            x: Images, as for `encode`.
            noise: eps of K samples an image, (K, n, latent_dim).

        Returns:
            (K, n).
        """
        x = self.check_images(x)
        posterior = self.posterior(x)
        return np.stack(
            [self.map("weight", _log_weight, x, *posterior, eps) for eps in noise]
        )

    def get_config(self):
        return {
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "likelihood": self.likelihood,
            "beta": keras.saving.serialize_keras_object(self.beta),
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config):
        deserialize = keras.saving.deserialize_keras_object
        built = {k: deserialize(config[k]) for k in ("encoder", "decoder", "beta")}
        return cls(**{**config, **built})


def _posterior(model, x):
    return tuple(model.encoder(as_tensor_images(x), training=False))


def _kl_per_dimension(model, x):
    return normal_kl(*_posterior(model, x))


def _bound(model, x, noise):
    x = as_tensor_images(x)
    z_mean, z_log_var = _posterior(model, x)
    z = model.reparameterize(z_mean, z_log_var, noise)
    kl = ops.sum(normal_kl(z_mean, z_log_var), axis=-1)
    return model.reconstruction_nll(x, z), kl


def _log_weight(model, x, z_mean, z_log_var, noise):
    z = model.reparameterize(z_mean, z_log_var, noise)
    # log q(z|x) is that of eps under N(0, I), less the log of the stretch exp(v / 2).
    log_q = model.prior.log_prob(noise) - 0.5 * ops.sum(z_log_var, axis=-1)
    nll = model.reconstruction_nll(as_tensor_images(x), z)
    return model.prior.log_prob(z) - nll - log_q
