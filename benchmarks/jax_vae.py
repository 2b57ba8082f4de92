"""Hand-written JAX training of the dense VAE."""

import jax
import jax.numpy as jnp

from benchmarks import jax_scan
from benchmarks.jax_scan import dense, descend, scaled

WIDTHS = {"hidden": (784, 500), "code": (500, 4), "grown": (2, 500), "out": (500, 784)}


def epochs(images):
    """Prepare epochs of one phase."""
    return jax_scan.epochs(images, _step, {"vae": WIDTHS})


def _step(state, x):
    key, draw = jax.random.split(state["key"])
    noise = jax.random.normal(draw, (len(x), 2))
    vae, loss = descend(state["vae"], _loss, scaled(x), noise)
    return {"key": key, "vae": vae}, loss


def _loss(parameters, x, noise):
    hidden = jax.nn.relu(dense(parameters, "hidden", x))
    z_mean, z_log_var = jnp.split(dense(parameters, "code", hidden), 2, 1)
    z = z_mean + jnp.exp(z_log_var / 2) * noise
    logits = dense(parameters, "out", jax.nn.relu(dense(parameters, "grown", z)))
    nll = jnp.sum(jax.nn.softplus(logits) - x * logits, 1)
    kl = 0.5 * jnp.sum(jnp.exp(z_log_var) + z_mean**2 - 1 - z_log_var, 1)
    return jnp.mean(nll + kl)
