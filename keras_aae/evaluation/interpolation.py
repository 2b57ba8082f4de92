"""Interpolation energy: how evenly decoded images change between two codes."""

from typing import Any

import numpy as np

from keras_aae.abilities import Decodes, Encodes, require
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.pixels import evenly_spaced

PAIRS, STEPS = 200, 16


def interpolation_energy(model: Any, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compute the energy of the path of images between two codes; at least 1.

    K sum_k |x_(k+1) - x_k|^2 / |x_K - x_0|^2,  x_k = d(z_0 + k/K (z_K - z_0))

    with K = 16 equal steps between the codes of two test images; the median over 200
    random pairs. It is 1 where one image fades evenly into the other, higher for a
    detour or for jumps, and K if all change happens in one step.

    References:
        A Style-Based Generator Architecture for Generative Adversarial Networks
        (Karras, Laine, Aila, 2018), section 4.1, whose path length uses the same steps,
        unscaled.
    """
    require(model, Encodes, Decodes, by="Metric 'interpolation_energy'")
    z = model.encode(evenly_spaced(dataset.test, 2 * PAIRS))
    if len(z) < 2:
        raise UnsupportedError(
            "Interpolation energy needs at least 2 test images, but there is "
            f"{len(z)}. Use more."
        )
    z = np.random.default_rng(seed).permutation(z)[: len(z) // 2 * 2]
    first, last = z[::2, None], z[1::2, None]
    share = np.linspace(0, 1, STEPS + 1, dtype=np.float32)[:, None]
    codes = first + share * (last - first)
    x = model.decode(codes.reshape(-1, z.shape[1])).reshape(len(first), STEPS + 1, -1)
    steps = np.square(np.diff(x, axis=1)).sum(axis=(1, 2))
    whole = np.square(x[:, -1] - x[:, 0]).sum(axis=1)
    moved = whole > 0
    if not moved.any():
        raise UnsupportedError(
            "All sampled codes decode to the same image: interpolation energy is "
            "undefined. Leave it out."
        )
    return {"interpolation_energy": np.median(STEPS * steps[moved] / whole[moved])}
