"""Adversarial autoencoder for dimensionality reduction."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import ImageShape, Tensor, Weight
from keras_aae.engine import Phase
from keras_aae.engine.batch import Batch, Terms
from keras_aae.models.semi_supervised_aae import CategoricalAAE


@keras.saving.register_keras_serializable("keras_aae")
class ReductionAAE(CategoricalAAE):
    """A `CategoricalAAE` whose code is the position of its cluster head plus the style.

    code = y H + z,  H the learned positions of the K heads, (K, latent_dim)

    decoder(code) reconstructs the image, so a plane of codes shows clusters and styles
    together. Heads closer than eta to each other repel: the reconstruction loss adds
    head_weight sum_{i < j} max(0, eta - ||h_i - h_j||).

    Args:
        encoder, style_discriminator, ..., seed: See `CategoricalAAE`.
        decoder: codes -> logits of the images.
        head_layer: Network y -> y H, one dense layer without bias.
        head_distance: Distance eta below which heads repel.
        head_weight: Weight of the penalty.

    References:
        Adversarial Autoencoders (Makhzani et al., 2015), section 7.
    """

    terms = (*CategoricalAAE.terms, "head_separation")
    defaults = {"latent_dim": 2, "classes": 20}
    # The sum of a head and a style has no prior in closed form.
    codes_match_prior = False

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        style_discriminator: keras.Model,
        category_discriminator: keras.Model,
        head_layer: keras.Model,
        *,
        head_distance: Weight = 5.0,
        head_weight: Weight = 1.0,
        **kwargs: Any,
    ):
        super().__init__(
            encoder, decoder, style_discriminator, category_discriminator, **kwargs
        )
        self.head_layer = head_layer
        self.head_distance, self.head_weight = head_distance, head_weight

    @classmethod
    def build_networks(
        cls, image_shape: ImageShape, **options: Any
    ) -> tuple[keras.Model, ...]:
        """Build the networks of a `CategoricalAAE`, and the heads."""
        coders = cls.build_autoencoder(image_shape, cls.heads, **options)
        heads = build_heads(options["latent_dim"], options["classes"])
        return (*coders, *cls.build_discriminators(**options), heads)

    @classmethod
    def build_autoencoder(
        cls,
        image_shape: ImageShape,
        heads: tuple[str, ...],
        *,
        latent_dim: int,
        classes: int,
        **options: Any,
    ) -> tuple[keras.Model, keras.Model]:
        """Build an encoder of both codes, and a decoder of their sum."""
        build, both = super().build_autoencoder, classes + latent_dim
        encoder, _ = build(image_shape, heads, latent_dim=both, **options)
        _, decoder = build(image_shape, heads, latent_dim=latent_dim, **options)
        return encoder, decoder

    def phases(self) -> list[Phase]:
        """Return the phases of `CategoricalAAE`; the first also trains the heads."""
        _, *others = super().phases()
        networks = (self.encoder, self.decoder, self.head_layer)
        return [Phase("reconstruction", self.reconstruction, networks), *others]

    def reconstruction(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the mean reconstruction loss with the penalty on close heads."""
        loss, terms = super().reconstruction(batch, training)
        head_separation = self.head_separation()
        total = loss + self.weight(self.head_weight) * head_separation
        return total, {**terms, "head_separation": head_separation}

    def head_separation(self) -> Tensor:
        """Compute sum_{i < j} max(0, eta - ||h_i - h_j||)."""
        places = self.head_layer.weights[0]
        difference = ops.expand_dims(places, 0) - ops.expand_dims(places, 1)
        # The square root has no finite slope at 0, the distance of a head from itself.
        apart = ops.sqrt(ops.sum(ops.square(difference), axis=-1) + 1e-12)
        near = ops.relu(self.weight(self.head_distance) - apart)
        return 0.5 * (ops.sum(near) - ops.sum(ops.diagonal(near)))

    def decoder_logits(self, y: Tensor, z: Tensor, training: bool = False) -> Tensor:
        place = self.head_layer(y, training=training)
        return self.decoder(place + z, training=training)

    def encode_tensor(self, x: Tensor) -> Tensor:
        """Compute the position of the head plus the style, (batch, latent_dim)."""
        y, z = self.category_and_style(x, False)
        return self.head_layer(y) + z

    @property
    def head_positions(self) -> np.ndarray:
        """Positions H of the heads, (K, latent_dim)."""
        return ops.convert_to_numpy(self.head_layer.weights[0])

    def generate(self, n: int, seed: int = 0) -> np.ndarray:
        """Generate `n` images of the heads in turn, with styles from the prior."""
        z = ops.convert_to_numpy(self.matched_prior.sample(n, seed=seed))
        return self.decode(
            self.head_positions[np.arange(n) % len(self.head_positions)] + z
        )


def build_heads(latent_dim: int, classes: int) -> keras.Model:
    """Build the network y -> y H, one dense layer without bias."""
    y = keras.Input((classes,), name="y")
    # Far apart from the start, so that a position identifies its head.
    apart = keras.initializers.RandomNormal(stddev=10.0)
    place = keras.layers.Dense(
        latent_dim, use_bias=False, kernel_initializer=apart, name="places"
    )
    return keras.Model(y, place(y), name="heads")
