"""Histograms of discriminator outputs for real and generated images."""

from functools import partial
from typing import Any

import numpy as np
from keras import ops
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.abilities import (
    DiscriminatesBatches,
    DiscriminatesImages,
    Generates,
    require,
    supports,
)
from keras_aae.checks import Count, Seed, validated
from keras_aae.data import Dataset
from keras_aae.engine.networks import has_batch_normalization
from keras_aae.engine.phases import as_tensor_images
from keras_aae.evaluation.pixels import evenly_spaced
from keras_aae.figures.style import (
    COLUMN,
    INK,
    PALETTE,
    add_note,
    house_style,
    lay_out,
)

KIND = "probability-histograms"
HEIGHT = 1.9  # inches
BINS = 40
BATCH_SIZE = 64
OPACITY = 0.55


@validated
def probability_histograms(
    model: Any, dataset: Dataset, *, n: Count = 5000, seed: Seed = 0
) -> Figure:
    """Draw histograms of D(x), the probability that x is real.

    The histograms are those of test images and of generated images; lines mark their
    means. If the generator fools the discriminator, the histograms agree; if the
    discriminator wins, they are at opposite ends. A discriminator with batch
    normalization is applied to batches of 64 images that are all real or all generated,
    as in training, because its running averages mix the two. For a critic, the
    histograms are those of its values.

    Args:
        model: Model with `generate`, and `discriminate` of images.
        dataset: Data set whose test images are the real images.
        n: Maximum number of test images, evenly subsampled, and of generated images.
        seed: Seed of the generated images.

    Raises:
        UnsupportedError: The model cannot generate or discriminate images.
    """
    by = f"Figure {KIND!r}"
    discriminate = require(model, DiscriminatesImages, by=by).discriminate
    real = evenly_spaced(dataset.test, n)
    fake = require(model, Generates, by=by).generate(len(real), seed=seed)
    if _normalizes_batches(model):
        discriminate = partial(_in_batches, model)
    outputs = {"test images": discriminate(real), "generated": discriminate(fake)}
    name = "value of the critic" if model.has_critic else "probability of being real, D"
    return _figure(outputs, name, not model.has_critic, dataset.note)


def _normalizes_batches(model: Any) -> bool:
    is_able = supports(model, DiscriminatesBatches)
    return is_able and has_batch_normalization(model.discriminator)


def _in_batches(model: Any, x: np.ndarray) -> np.ndarray:
    """Return D(x), (n,), with batch statistics instead of running averages."""
    probabilities = []
    for start in range(0, len(x), BATCH_SIZE):
        batch = ops.convert_to_tensor(x[start : start + BATCH_SIZE])
        logits, _ = model.logits_without_updating_statistics(
            as_tensor_images(batch), training=True
        )
        probabilities.append(ops.convert_to_numpy(ops.sigmoid(logits))[:, 0])
    return np.concatenate(probabilities)


@house_style()
def _figure(
    outputs: dict[str, np.ndarray], name: str, shares: bool, note: str
) -> Figure:
    figure = Figure(figsize=(COLUMN, HEIGHT))
    axes = figure.subplots()
    everything = np.concatenate(list(outputs.values()))
    limits = (0, 1) if shares else (everything.min(), everything.max())
    bins = np.linspace(*limits, BINS + 1)
    for color, (kind, values) in zip(PALETTE, outputs.items(), strict=False):
        weights = np.full(len(values), 100 / len(values))
        axes.hist(values, bins, weights=weights, color=color, alpha=OPACITY,
                  label=f"{kind}, mean {values.mean():.3f}")  # fmt: skip
        axes.axvline(values.mean(), color=color, linewidth=1.2)
    if shares:
        axes.axvline(0.5, color=INK, linewidth=0.5, linestyle=":")
        axes.set_xlim(0, 1)
    axes.set(xlabel=name, ylabel=f"% of {len(values):,} images")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    figure.legend(loc="outside upper left", ncols=2)
    lay_out(figure)
    add_note(figure, note)
    return figure
