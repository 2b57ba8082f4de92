"""How evenly images change between the codes of two others."""

import numpy as np

from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.pixels import evenly_spaced
from keras_aae.models.base.abilities import Decodes, Encodes, require

PAIRS, STEPS = 200, 16


def interpolation_energy(model, dataset, seed: int) -> dict[str, float]:
    """Energy of the path that images take between two, least 1.

    K sum_k |x_(k+1) - x_k|^2 / |x_K - x_0|^2,  x_k = d(z_0 + k/K (z_K - z_0))

    with K = 16 even steps between the codes of two test images, the median over 200 pairs
    drawn at random. It is 1 where the one fades evenly into the other; a path that takes
    a way round has more, and so has one that jumps: with all of it in one step it is K.

    References:
        A Style-Based Generator Architecture for Generative Adversarial Networks (Karras,
        Laine, Aila, 2018), section 4.1, whose path length has these steps, unscaled.
    """
    require(model, Encodes, Decodes, by="Metric 'interpolation_energy'")
    z = model.encode(evenly_spaced(dataset.test, 2 * PAIRS))
    if len(z) < 2:
        raise UnsupportedError("A path between images needs two of them.")
    z = np.random.default_rng(seed).permutation(z)[: len(z) // 2 * 2]
    first, last = z[::2, None], z[1::2, None]
    share = np.linspace(0, 1, STEPS + 1, dtype=np.float32)[:, None]
    codes = first + share * (last - first)
    x = model.decode(codes.reshape(-1, z.shape[1])).reshape(len(first), STEPS + 1, -1)
    steps = np.square(np.diff(x, axis=1)).sum(axis=(1, 2))
    whole = np.square(x[:, -1] - x[:, 0]).sum(axis=1)
    moved = whole > 0
    if not moved.any():
        raise UnsupportedError("All codes decode to one image: there is no path.")
    return {"interpolation_energy": np.median(STEPS * steps[moved] / whole[moved])}
