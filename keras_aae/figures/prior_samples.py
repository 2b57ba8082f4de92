"""Codes drawn from a model's prior."""

import numpy as np

from keras_aae.errors import UnsupportedError


def prior_of(model, figure: str):
    """The prior of `model`.

    Raises:
        UnsupportedError: it has none; the message names the figure.
    """
    prior = getattr(model, "prior", None)
    if prior is None:
        raise UnsupportedError(
            f"Figure {figure!r} needs a prior, which {type(model).__name__} does not "
            "have. Choose another figure, or an adversarial or variational autoencoder."
        )
    return prior


def draw_samples(prior, n: int, seed: int) -> np.ndarray:
    """`n` codes, float64 (n, latent_dim)."""
    return _as_array(prior.sample(n, seed))


def draw_components(prior, n: int, seed: int):
    """`n` codes, as many of each class that the prior has, in a shuffled order.

    Returns:
        Codes, float64 (n, latent_dim), and their classes, (n,), None if it has none.
    """
    if not hasattr(prior, "sample_of"):
        return draw_samples(prior, n, seed), None
    labels = np.arange(n) % prior.num_classes
    labels = np.random.default_rng(seed).permutation(labels).astype("int32")
    return _as_array(prior.sample_of(labels, seed)), labels


def has_class_components(model) -> bool:
    """Whether `model` was told which component of its prior is for which class."""
    return getattr(model, "components_are_classes", False)


def _as_array(codes) -> np.ndarray:
    import keras  # priors of Keras give tensors, of any engine

    return np.asarray(keras.ops.convert_to_numpy(codes), dtype=float)
