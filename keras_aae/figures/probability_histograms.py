"""How sure a discriminator of images is of real and of generated ones."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from keras_aae.errors import UnsupportedError
from keras_aae.evaluation.pixels import evenly_spaced
from keras_aae.figures.inputs import ability, check_count
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
OPACITY = 0.55


def probability_histograms(model, dataset, *, n: int = 5000, seed: int = 0):
    """Histograms of D(x), the probability that x is real, of test and generated images.

    Lines stand at the means. A generator that fools the discriminator makes the two
    alike; where the discriminator wins, they stand at the two ends. Batch normalisation
    goes by moving averages here, so the means are not those of training. Of a critic, which
    knows no probabilities, its value is shown.

    Args:
        model: with `generate`, and `discriminate` of images.
        dataset: whose test images are the real ones.
        n: the most test images, spread evenly over them, and as many generated ones.
        seed: of the generated images.

    Raises:
        UnsupportedError: the model generates nothing, or discriminates no images.
    """
    discriminate = ability(model, "discriminate", KIND)
    if not getattr(model, "judges_images", False):
        raise UnsupportedError(
            f"Figure {KIND!r} needs a discriminator of images, and that of "
            f"{type(model).__name__} is of codes. Draw 'discriminator-output'."
        )
    real = evenly_spaced(dataset.test, check_count("n", n))
    fake = ability(model, "generate", KIND)(len(real), seed=seed)
    outputs = {"test images": discriminate(real), "generated": discriminate(fake)}
    name = "value of the critic" if model.has_critic else "probability of being real, D"
    return _figure(outputs, name, not model.has_critic, dataset.note)


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
