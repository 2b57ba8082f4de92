"""Lower bound of time: only the matrix products of an epoch of the dense VAE.

These are the forward and both backward products of every layer, except the gradient
with respect to the images.
"""

import numpy as np

BATCH_SIZE = 128
SHAPES = ((784, 500), (500, 4), (2, 500), (500, 784))
INFO = {"parameters": sum(n * m for n, m in SHAPES), "execution": "float32 products"}


def _weights():
    rng = np.random.default_rng(0)
    return [
        (rng.standard_normal(s, np.float32) / s[0] ** 0.5).astype(np.float32)
        for s in SHAPES
    ]


def _batches(images):
    x = images.reshape(len(images), -1)[: len(images) // BATCH_SIZE * BATCH_SIZE]
    return x.reshape(-1, BATCH_SIZE, x.shape[-1]).astype(np.float32) / 255


def _products(x, weights, transpose):
    """Compute the eleven products of a step; return the gradients of the weights."""
    hidden_w, code_w, grown_w, out_w = weights
    hidden = x @ hidden_w
    code = hidden @ code_w
    z = code[:, :2]
    grown = z @ grown_w
    out = grown @ out_w
    d_grown = out @ transpose(out_w)
    d_z = d_grown @ transpose(grown_w)
    # `out` and `code` stand in for their own gradients, which have the same shapes.
    d_hidden = code @ transpose(code_w)
    return (
        transpose(x) @ d_hidden,
        transpose(hidden) @ code,
        transpose(z) @ d_grown,
        transpose(grown) @ out,
        d_z,
    )


def numpy_products(images):
    """Prepare the products with NumPy's BLAS."""
    batches, weights = _batches(images), _weights()

    def turn():
        for x in batches:
            _products(x, weights, np.transpose)

    return {"epoch": turn}, INFO


def jax_products(images):
    """Prepare the products in one XLA loop; each step overwrites the last results."""
    import jax
    import jax.numpy as jnp

    batches, weights = jnp.asarray(_batches(images)), _weights()

    @jax.jit
    def epoch(batches, weights):
        first = _products(batches[0], weights, jnp.transpose)

        def body(results, x):
            del results
            return _products(x, weights, jnp.transpose), None

        return jax.lax.scan(body, first, batches)[0]

    return {"epoch": lambda: jax.block_until_ready(epoch(batches, weights))}, INFO


def tensorflow_products(images):
    """Prepare the products in one TensorFlow graph without XLA."""
    import tensorflow as tf

    batches = tf.constant(_batches(images))
    weights = [tf.constant(w) for w in _weights()]

    @tf.function(autograph=False)
    def epoch(batches):
        def body(i, *results):
            del results
            return i + 1, *_products(batches[i], weights, tf.transpose)

        first = _products(batches[0], weights, tf.transpose)
        return tf.while_loop(
            lambda i, *results: i < batches.shape[0],
            body,
            (0, *first),
            parallel_iterations=1,
        )

    return {"epoch": lambda: epoch(batches)[1].numpy()}, INFO
