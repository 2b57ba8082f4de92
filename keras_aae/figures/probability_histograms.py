"""How sure a discriminator of images is of real and of generated ones."""

from functools import partial

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
def probability_histograms(model, dataset, *, n: Count = 5000, seed: Seed = 0):
    """Histograms of D(x), the probability that x is real, of test and generated images.

    Lines stand at the means. A generator that fools the discriminator makes the two
    alike; where the discriminator wins, they stand at the two ends. Where it has batch
    normalization, it judges batches of 64 that are real or generated, as in training: by
    running averages, which are of both, it would tell little. Of a critic, which knows no
    probabilities, its value is shown.

    Args:
        model: with `generate`, and `discriminate` of images.
        dataset: whose test images are the real ones.
        n: the most test images, spread evenly over them, and as many generated ones.
        seed: of the generated images.

    Raises:
        UnsupportedError: the model generates nothing, or discriminates no images.
    """
    by = f"Figure {KIND!r}"
    discriminate = require(model, DiscriminatesImages, by=by).discriminate
    real = evenly_spaced(dataset.test, n)
    fake = require(model, Generates, by=by).generate(len(real), seed=seed)
    if _goes_by_batches(model):
        discriminate = partial(_in_batches, model)
    outputs = {"test images": discriminate(real), "generated": discriminate(fake)}
    name = "value of the critic" if model.has_critic else "probability of being real, D"
    return _figure(outputs, name, not model.has_critic, dataset.note)


def _goes_by_batches(model) -> bool:
    is_able = supports(model, DiscriminatesBatches)
    return is_able and has_batch_normalization(model.discriminator)


def _in_batches(model, x: np.ndarray) -> np.ndarray:
    """D of images in batches, each normalized by itself, as in training, (n,)."""
    probabilities = []
    for start in range(0, len(x), BATCH_SIZE):
        batch = ops.convert_to_tensor(x[start : start + BATCH_SIZE])
        logits, _ = model.logits_without_updating_statistics(
            as_tensor_images(batch), training=True
        )
        probabilities.append(ops.convert_to_numpy(ops.sigmoid(logits))[:, 0])
    return np.concatenate(probabilities)


@house_style()
def _figure(outputs: dict[str, np.ndarray], name: str, shares: bool, note: str):
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
