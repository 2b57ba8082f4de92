"""Hand-written JAX training: an epoch in one scan, layers in dicts, own Adam."""

import jax
import jax.numpy as jnp
import numpy as np

BATCH_SIZE = 128
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


def epochs(images, step, widths):
    """Prepare epochs over a uint8 block that the host shuffles, with donated buffers.

    Args:
        images: Images, uint8 (n, height, width, channels).
        step: Function (state, x) -> (state, losses), x uint8 of shape (batch, pixels).
        widths: Argument of `new_state`.
    """
    rng = np.random.default_rng(0)
    images = images.reshape(len(images), -1)
    steps = len(images) // BATCH_SIZE
    state = [new_state(jax.random.key(0), widths)]
    whole = jax.jit(lambda s, x: jax.lax.scan(step, s, x), donate_argnums=0)
    single = jax.jit(step, donate_argnums=0)

    def turn():
        order = rng.permutation(len(images))
        block = images[order[: steps * BATCH_SIZE]].reshape(steps, BATCH_SIZE, -1)
        state[0], losses = whole(state[0], block)
        rest = order[steps * BATCH_SIZE :]
        if len(rest):
            state[0], _ = single(state[0], images[rest])
        return jax.tree.map(lambda loss: float(loss.mean()), losses)

    layers = [state[0][name]["parameters"] for name in widths]
    parameters = sum(a.size for a in jax.tree.leaves(layers))
    return {"epoch": turn}, {"parameters": parameters, "execution": "one scan"}


def new_state(key, widths):
    """Return the random key, and for each name its layers and the state of its Adam.

    Args:
        key: JAX random key.
        widths: Dict of name to a dict of layer to (inputs, outputs).
    """
    key, *keys = jax.random.split(key, 1 + len(widths))
    trained = zip(keys, widths.items(), strict=True)
    return {"key": key} | {name: _untrained(k, shapes) for k, (name, shapes) in trained}


def _untrained(key, shapes):
    keys = jax.random.split(key, len(shapes))
    parameters = {
        name: {"w": _glorot(k, shape), "b": jnp.zeros(shape[1])}
        for k, (name, shape) in zip(keys, shapes.items(), strict=True)
    }
    zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
    return {"parameters": parameters, "m": zeros[0], "v": zeros[1], "t": 0}


def _glorot(key, shape):
    limit = (6 / sum(shape)) ** 0.5
    return jax.random.uniform(key, shape, minval=-limit, maxval=limit)


def dense(parameters, name, x):
    """Compute x W + b."""
    return x @ parameters[name]["w"] + parameters[name]["b"]


def scaled(x):
    """Convert bytes to floats in [0, 1]."""
    return x.astype(jnp.float32) / 255


def descend(trained, loss, *arguments):
    """Take a step of Adam; return its state and the loss before the step."""
    value, gradients = jax.value_and_grad(loss)(trained["parameters"], *arguments)
    t = trained["t"] + 1
    m = jax.tree.map(lambda m, g: m + (1 - BETA_1) * (g - m), trained["m"], gradients)
    v = jax.tree.map(
        lambda v, g: v + (1 - BETA_2) * (g * g - v), trained["v"], gradients
    )
    rate = LEARNING_RATE * jnp.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v) + EPSILON),
        trained["parameters"],
        m,
        v,
    )
    return {"parameters": parameters, "m": m, "v": v, "t": t}, value
