"""Where the prior lies."""

from statistics import NormalDist

import numpy as np

from keras_aae.figures.style import INK


def show_outlines(axes, prior):
    """Draw the outlines of a prior of two dimensions, and name its sigma circles."""
    for curve in prior.outlines():
        axes.plot(*curve.T, color=INK, linewidth=0.5, alpha=0.6)
        axes.annotate(
            _sigma(prior, curve),
            curve[curve[:, 1].argmin()],
            xytext=(0, -2),
            textcoords="offset points",
            ha="center",
            va="top",
            size=6,
            color=INK,
            bbox={"pad": 0.3, "facecolor": "white", "edgecolor": "none", "alpha": 0.6},
        )


def _sigma(prior, curve: np.ndarray) -> str:
    """'1σ' for the circle of radius 1, where the prior's quantiles say that it is one."""
    radii = np.hypot(*curve.T)
    radius = float(radii.mean())
    quantile = prior.quantiles(np.array([NormalDist().cdf(radius)]))[0]
    if np.ptp(radii) > 0.01 * radius or abs(quantile - radius) > 0.01 * radius:
        return ""
    return f"{radius:.3g}σ"
