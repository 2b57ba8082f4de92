"""Hand-written JAX training of the recipe aae-gaussian: two phases, an Adam each."""

import jax
import jax.numpy as jnp

from benchmarks import jax_scan
from benchmarks.jax_scan import dense, descend, scaled

LATENT_DIM, SLOPE, MATCHING_WEIGHT = 2, 0.2, 78.4
# By what an Adam trains, in the order of the layers.
WIDTHS = {
    "autoencoder": {
        "hidden_0": (784, 256), "hidden_1": (256, 64), "code": (64, LATENT_DIM),
        "grown_0": (LATENT_DIM, 64), "grown_1": (64, 256), "out": (256, 784),
    },
    "discriminator": {
        "hidden_0": (LATENT_DIM, 128), "hidden_1": (128, 128), "logit": (128, 1)
    },
}  # fmt: skip


def epochs(images):
    """Prepare epochs of discrimination, then regularized reconstruction."""
    return jax_scan.epochs(images, _step, WIDTHS)


def _step(state, x):
    key, draw = jax.random.split(state["key"])
    z_prior = jax.random.normal(draw, (len(x), LATENT_DIM))
    state, losses = phases(state, scaled(x), z_prior)
    return state | {"key": key}, losses


def phases(state, x, z_prior):
    """Run both phases; the second uses the discriminator updated by the first."""
    autoencoder, discriminator = state["autoencoder"], state["discriminator"]
    z = _encode(autoencoder["parameters"], x)
    discriminator, discrimination = descend(discriminator, _discrimination, z, z_prior)
    autoencoder, reconstruction = descend(
        autoencoder, _regularized_reconstruction, discriminator["parameters"], x
    )
    state = state | {"autoencoder": autoencoder, "discriminator": discriminator}
    return state, {"discrimination": discrimination, "reconstruction": reconstruction}


def _discrimination(discriminator, z, z_prior):
    real, fake = _judge(discriminator, z_prior), _judge(discriminator, z)
    return jnp.mean(jax.nn.softplus(-real)) + jnp.mean(jax.nn.softplus(fake))


def _regularized_reconstruction(autoencoder, discriminator, x):
    z = _encode(autoencoder, x)
    error = jnp.sum((x - jax.nn.sigmoid(_decode(autoencoder, z))) ** 2, 1)
    penalty = jax.nn.softplus(-_judge(discriminator, z))
    return jnp.mean(error) + MATCHING_WEIGHT * jnp.mean(penalty)


def _encode(autoencoder, x):
    for name in ("hidden_0", "hidden_1"):
        x = jax.nn.leaky_relu(dense(autoencoder, name, x), SLOPE)
    return dense(autoencoder, "code", x)


def _decode(autoencoder, z):
    for name in ("grown_0", "grown_1"):
        z = jax.nn.relu(dense(autoencoder, name, z))
    return dense(autoencoder, "out", z)


def _judge(discriminator, z):
    for name in ("hidden_0", "hidden_1"):
        z = jax.nn.relu(dense(discriminator, name, z))
    return dense(discriminator, "logit", z)
