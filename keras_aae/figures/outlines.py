"""Outlines of priors."""

from statistics import NormalDist

import numpy as np
from matplotlib.axes import Axes

from keras_aae.abilities import Prior
from keras_aae.figures.style import INK


def show_outlines(axes: Axes, prior: Prior, named: bool = True) -> None:
    """Draw the outlines of a two-dimensional prior, and label its sigma circles."""
    for curve in prior.outlines():
        axes.plot(*curve.T, color=INK, linewidth=0.5, alpha=0.6)
        radius = _radius(curve) if named else 0.0
        if radius and _is_sigma(prior, radius):
            _name(axes, f"{radius:.3g}σ", curve[curve[:, 1].argmin()])


def _name(axes: Axes, text: str, place: np.ndarray) -> None:
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
    """Return the radius of a circle around the origin, or 0 for any other curve."""
    radii = np.hypot(*curve.T)
    radius = float(radii.mean())
    around_0 = np.ptp(radii) <= 0.01 * radius
    # Corners of a square have equal radii too, but a circle is 2 radii wide and high.
    whole = np.ptp(curve, axis=0).min() >= 1.9 * radius
    return radius if around_0 and whole else 0.0


def _is_sigma(prior: Prior, radius: float) -> bool:
    """Return whether the prior has a standard normal quantile at `radius`."""
    quantile = prior.quantiles(np.array([NormalDist().cdf(radius)]))[0]
    return abs(quantile - radius) <= 0.01 * radius
