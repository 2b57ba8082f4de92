"""Two studies without a model: Gumbel noise and the variance of gradient estimates."""

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from keras_aae.checks import Count, Seed, Several, validated
from keras_aae.figures.style import FAINT, PAGE, PALETTE, house_style, lay_out

HEIGHT = 2.2  # inches
SAMPLE_SIZES = (10, 100, 1000, 10_000, 100_000)
MEAN = 2.0
CLASSES = (0.1, 0.3, 0.6)

FUNCTIONS = {
    "$x^2$": (lambda x: x**2, lambda x: 2 * x),
    "$|x|^{1/4}$": (
        lambda x: np.abs(x) ** 0.25,
        lambda x: 0.25 * np.sign(x) * np.abs(x) ** -0.75,
    ),
}


@validated
def gradient_variance(*, repeats: Several = 100, seed: Seed = 0) -> Figure:
    """Draw the variance of two gradient estimates against the number of samples.

    d/dm E[f(x)], x ~ N(m, 1), m = 2, is the mean of
    f(x) (x - m)   (score function),  or of  f'(x)   (pathwise: x = m + e, e ~ N(0, 1)).

    The pathwise estimate, the reparameterization of a VAE, has lower variance if f is
    smooth. For |x|^(1/4), whose slope is unbounded at 0, its variance is infinite.

    Args:
        repeats: Number of estimates for each variance.
        seed: Seed of the samples.

    References:
        Auto-Encoding Variational Bayes (Kingma, Welling, 2013), section 2.4.
    """
    rng = np.random.default_rng(seed)
    variances = {
        name: np.array(
            [estimate_variances(*functions, n, repeats, rng) for n in SAMPLE_SIZES]
        )
        for name, functions in FUNCTIONS.items()
    }
    return _variance_figure(variances)


def estimate_variances(
    f: Callable[[np.ndarray], np.ndarray],
    slope: Callable[[np.ndarray], np.ndarray],
    n: int,
    repeats: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Return the variances of score-function and pathwise estimates from n samples.

    Args:
        f: Function f.
        slope: Derivative of f.
        n: Number of samples of an estimate.
        repeats: Number of estimates.
        rng: Random generator.
    """
    score, pathwise = np.empty(repeats), np.empty(repeats)
    for i in range(repeats):
        noise = rng.standard_normal(n)
        score[i] = np.mean(f(MEAN + noise) * noise)
        pathwise[i] = np.mean(slope(MEAN + noise))
    return score.var(ddof=1), pathwise.var(ddof=1)


@house_style()
def _variance_figure(variances: dict[str, np.ndarray]) -> Figure:
    figure = Figure(figsize=(PAGE, HEIGHT))
    panels = figure.subplots(1, len(variances))
    for axes, (name, values) in zip(panels, variances.items(), strict=True):
        for j, label in enumerate(("score function", "pathwise")):
            axes.loglog(
                SAMPLE_SIZES, values[:, j], color=PALETTE[j], marker=".", label=label
            )
        axes.set_title(f"gradient of E[{name}]")
        axes.set_xlabel("samples")
        axes.grid(axis="y", color=FAINT, alpha=0.25, linewidth=0.4)
        axes.legend(loc="upper right")
    panels[0].set_ylabel("variance of the estimate")
    lay_out(figure)
    return figure


@validated
def gumbel(
    *, months: Count = 120_000, draws: Count = 100_000, seed: Seed = 0
) -> Figure:
    """Draw Gumbel noise as a limit of maxima, and its use to sample classes.

    Left: the maximum of 30 exponential variables, minus log 30, and the density
    exp(-(x + exp(-x))) to which it converges. Right: the frequency of each class as
    argmax_k (log p_k + noise_k). It is p_k for Gumbel noise, but not for uniform noise
    that is added to p.

    Args:
        months: Number of maxima.
        draws: Number of sampled classes.
        seed: Seed of both.

    References:
        A* Sampling (Maddison, Tarlow, Minka, 2014), section 2.
    """
    rng = np.random.default_rng(seed)
    largest = rng.exponential(size=(months, 30)).max(axis=1) - np.log(30)
    return _gumbel_figure(largest, class_frequencies(np.array(CLASSES), draws, rng))


def class_frequencies(
    p: np.ndarray, draws: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Return class frequencies with Gumbel and with uniform noise, each (classes,)."""
    chosen = {
        "log p + Gumbel": np.log(p) + rng.gumbel(size=(draws, len(p))),
        "p + uniform": p + rng.random((draws, len(p))),
    }
    return {
        name: np.bincount(values.argmax(axis=1), minlength=len(p)) / draws
        for name, values in chosen.items()
    }


@house_style()
def _gumbel_figure(largest: np.ndarray, frequencies: dict[str, np.ndarray]) -> Figure:
    figure = Figure(figsize=(PAGE, HEIGHT))
    left, right = figure.subplots(1, 2)
    x = np.linspace(-3, 9, 241)
    left.hist(largest, bins=120, range=(-3, 9), density=True, color=FAINT)
    left.plot(x, np.exp(-(x + np.exp(-x))), color=PALETTE[1], label="Gumbel density")
    left.set_title("largest of 30 exponentials, less log 30")
    left.legend(loc="upper right")
    bars = {"probability p": np.array(CLASSES), **frequencies}
    places = np.arange(len(CLASSES))
    for i, (name, shares) in enumerate(bars.items()):
        color = FAINT if i == 0 else PALETTE[i - 1]
        drawn = right.bar(
            places + 0.27 * (i - 1), shares, 0.25, color=color, label=name
        )
        right.bar_label(drawn, fmt="%.3f", size=6)
    right.set_title("share of draws")
    right.set_xticks(places, [f"p = {p}" for p in CLASSES])
    right.legend(loc="upper left")
    lay_out(figure)
    return figure
