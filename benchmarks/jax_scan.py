"""The dense VAE by hand in JAX: an epoch in one scan, parameters in a dict, own Adam."""

import jax
import jax.numpy as jnp
import numpy as np

BATCH_SIZE = 128
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7
WIDTHS = {"hidden": (784, 500), "code": (500, 4), "grown": (2, 500), "out": (500, 784)}


def epochs(images):
    """Epochs over a uint8 block that the host shuffles, with donated buffers."""
    rng = np.random.default_rng(0)
    images = images.reshape(len(images), -1)
    steps = len(images) // BATCH_SIZE
    state = [_new_state(jax.random.key(0))]
    whole = jax.jit(lambda s, x: jax.lax.scan(_step, s, x), donate_argnums=0)
    single = jax.jit(_step, donate_argnums=0)

    def turn():
        order = rng.permutation(len(images))
        block = images[order[: steps * BATCH_SIZE]].reshape(steps, BATCH_SIZE, -1)
        state[0], losses = whole(state[0], block)
        rest = order[steps * BATCH_SIZE :]
        if len(rest):
            state[0], _ = single(state[0], images[rest])
        return float(losses.mean())

    parameters = sum(a.size for a in jax.tree.leaves(state[0]["parameters"]))
    return {"epoch": turn}, {"parameters": parameters, "execution": "one scan"}


def _new_state(key):
    key, *keys = jax.random.split(key, 1 + len(WIDTHS))
    parameters = {
        name: {"w": _glorot(k, shape), "b": jnp.zeros(shape[1])}
        for k, (name, shape) in zip(keys, WIDTHS.items(), strict=True)
    }
    zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
    return {"parameters": parameters, "m": zeros[0], "v": zeros[1], "t": 0, "key": key}


def _glorot(key, shape):
    limit = (6 / sum(shape)) ** 0.5
    return jax.random.uniform(key, shape, minval=-limit, maxval=limit)


def _loss(parameters, x, noise):
    def layer(name, x):
        return x @ parameters[name]["w"] + parameters[name]["b"]

    z_mean, z_log_var = jnp.split(layer("code", jax.nn.relu(layer("hidden", x))), 2, 1)
    z = z_mean + jnp.exp(z_log_var / 2) * noise
    logits = layer("out", jax.nn.relu(layer("grown", z)))
    nll = jnp.sum(jax.nn.softplus(logits) - x * logits, 1)
    kl = 0.5 * jnp.sum(jnp.exp(z_log_var) + z_mean**2 - 1 - z_log_var, 1)
    return jnp.mean(nll + kl)


def _step(state, x):
    key, draw = jax.random.split(state["key"])
    noise = jax.random.normal(draw, (len(x), 2))
    x = x.astype(jnp.float32) / 255
    loss, gradients = jax.value_and_grad(_loss)(state["parameters"], x, noise)
    t = state["t"] + 1
    m = jax.tree.map(lambda m, g: m + (1 - BETA_1) * (g - m), state["m"], gradients)
    v = jax.tree.map(lambda v, g: v + (1 - BETA_2) * (g * g - v), state["v"], gradients)
    rate = LEARNING_RATE * jnp.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v) + EPSILON),
        state["parameters"],
        m,
        v,
    )
    return {"parameters": parameters, "m": m, "v": v, "t": t, "key": key}, loss
