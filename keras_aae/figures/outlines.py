"""Where the prior lies."""

from statistics import NormalDist

import numpy as np

from keras_aae.figures.style import INK


def show_outlines(axes, prior, named: bool = True):
    """Draw the outlines of a prior of two dimensions, and name its sigma circles."""
    for curve in prior.outlines():
        axes.plot(*curve.T, color=INK, linewidth=0.5, alpha=0.6)
        radius = _radius(curve) if named else 0.0
        if radius and _is_sigma(prior, radius):
            _name(axes, f"{radius:.3g}σ", curve[curve[:, 1].argmin()])


def _name(axes, text: str, place: np.ndarray):
    axes.annotate(
        text,
        place,
        xytext=(0, -2),
        textcoords="offset points",
        ha="center",
        va="top",
        size=6,
        color=INK,
        bbox={"pad": 0.3, "facecolor": "white", "edgecolor": "none", "alpha": 0.6},
    )


def _radius(curve: np.ndarray) -> float:
    """The radius of a circle around 0, and 0 of any other curve."""
    radii = np.hypot(*curve.T)
    radius = float(radii.mean())
    around_0 = np.ptp(radii) <= 0.01 * radius
    # Corners of a square are all as far from 0; a circle reaches as far up and aside.
    whole = np.ptp(curve, axis=0).min() >= 1.9 * radius
    return radius if around_0 and whole else 0.0


def _is_sigma(prior, radius: float) -> bool:
    """Whether the prior's quantiles say that `radius` is as many standard deviations."""
    quantile = prior.quantiles(np.array([NormalDist().cdf(radius)]))[0]
    return abs(quantile - radius) <= 0.01 * radius
