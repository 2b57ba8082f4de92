"""Outputs of the discriminator on codes and on samples of the prior."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import (
    DiscriminatesClasses,
    DiscriminatesCodes,
    HasPrior,
    require,
    supports,
)
from keras_aae.checks import Count, Seed, validated
from keras_aae.data import Dataset
from keras_aae.figures.codes import encode_test_images
from keras_aae.figures.prior_samples import draw_samples
from keras_aae.figures.style import INK, PAGE, PALETTE, add_note, house_style, lay_out

KIND = "discriminator-output"
HEIGHT = 2.3  # inches
DOT = 2.0  # area in square points of one output among a thousand; smaller for more
CHANCE = 0.5
TICKS = (0, 0.25, CHANCE, 0.75, 1)
TICK_LABELS = ("0", "0.25", f"chance {CHANCE}", "0.75", "1")


@validated
def discriminator_output(
    model: Any, dataset: Dataset, *, n: Count = 1000, seed: Seed = 0
) -> Figure:
    """Draw D(z), the probability that z is from the prior, of codes and prior samples.

    Each output is a dot, in the order of the draws. The dashed line is the mean, the
    thin line at 1/2 is chance. A class-conditional discriminator receives no class. The
    titles give its accuracy: D < 1/2 on codes, D > 1/2 on samples.

    Args:
        model: Model with `encode`, `discriminate` and a `prior`.
        dataset: Data set whose test images are encoded.
        n: Maximum number of images, evenly spaced in the test set. As many samples of
            the prior are drawn.
        seed: Seed of the samples of the prior.

    Raises:
        UnsupportedError: the model has no prior or no discriminator, or cannot encode.
        KerasAAEError: a code is not a finite number.
    """
    require(model, HasPrior, DiscriminatesCodes, by=f"Figure {KIND!r}")
    codes, _ = encode_test_images(model, dataset, n, KIND, drawn=True)
    samples = draw_samples(model.prior, len(codes), seed)
    on_codes, on_samples = (np.asarray(model.discriminate(z)) for z in (codes, samples))
    is_conditional = (
        supports(model, DiscriminatesClasses) and model.num_condition_classes
    )
    conditioning = " (no class given)" if is_conditional else ""
    return _figure(
        on_codes, on_samples, f"probability of the prior{conditioning}", dataset.note
    )


@house_style()
def _figure(on_codes: np.ndarray, on_samples: np.ndarray, name: str, note: str):
    figure = Figure(figsize=(PAGE, HEIGHT))
    left, right = figure.subplots(1, 2, sharey=True)
    n = f"{len(on_codes):,}"
    _panel(left, on_codes, PALETTE[0])
    found = f"{np.mean(on_codes < CHANCE):.1%} recognized (D < {CHANCE})"
    left.set_title(f"codes of {n} test images, {found}")
    _panel(right, on_samples, PALETTE[1])
    found = f"{np.mean(on_samples > CHANCE):.1%} recognized (D > {CHANCE})"
    right.set_title(f"{n} samples of the prior, {found}")
    left.set(ylim=(-0.02, 1.02), ylabel=f"D, {name}")
    left.set_yticks(TICKS, TICK_LABELS)
    left.set_xlabel("number of the code")
    right.set_xlabel("number of the sample")
    lay_out(figure)
    add_note(figure, note)
    return figure


def _panel(axes, outputs: np.ndarray, color: str):
    """Draw one dot per output in their order, and lines at chance and at the mean."""
    n, mean = len(outputs), float(outputs.mean())
    area = DOT * np.clip(np.sqrt(1000 / n), 0.5, 3)
    numbers = np.arange(1, n + 1)
    axes.scatter(numbers, outputs, s=area, color=color, linewidths=0, rasterized=True)
    axes.axhline(CHANCE, color=INK, linewidth=0.5)
    axes.axhline(mean, color=INK, linewidth=1.2, linestyle="--")
    axes.annotate(
        f"mean\n{mean:.3f}",
        (1, mean),
        xycoords=axes.get_yaxis_transform(),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
    )
    axes.set_xlim(0, n + 1)
