"""Where the codes of the test images lie."""

from statistics import NormalDist

import numpy as np
from matplotlib.figure import Figure

from keras_aae.errors import KerasAAEError
from keras_aae.figures.classes import (
    class_rows,
    label_medians,
    legend,
    show_classes,
)
from keras_aae.figures.inputs import ability, check_count
from keras_aae.figures.style import COLUMN, INK, add_note, house_style, lay_out

HEIGHT = 3.0  # inches


def scatterplot(model, dataset, *, n: int = 10000):
    """Codes of the test images, coloured by class.

    Two dimensions are drawn as they are, on equal axes, over the prior's outlines. Of more
    dimensions the first two principal components are drawn, of one dimension a row of
    codes for each class. Beyond 20 classes colour runs with the class number instead.

    Args:
        model: with `encode`.
        dataset: whose test images are encoded.
        n: the most images drawn; spread evenly over the test set if it holds more.

    Raises:
        UnsupportedError: the model cannot encode.
        KerasAAEError: a code is not a finite number.
    """
    encode = ability(model, "encode", "scatterplot")
    images, labels = _test_rows(dataset.test, check_count("n", n))
    codes = np.asarray(encode(images), dtype="float64")
    if not np.isfinite(codes).all():
        raise KerasAAEError(
            "Some codes are not finite numbers, so the model has diverged. "
            "Train it again, for example with a smaller learning rate."
        )
    return _figure(codes, labels, dataset, getattr(model, "prior", None))


def _test_rows(test, n: int):
    """Evenly spaced rows, since some sets are sorted by class, in a shuffled order.

    Shuffled, no class covers another only because it comes later.
    """
    positions = np.linspace(0, len(test) - 1, min(n, len(test))).astype(int)
    return test.gather(np.random.default_rng(0).permutation(positions))


def principal_components(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The codes along their first two principal components, and every component's share.

    Each component points to where its largest loading is positive.
    """
    centred = codes - codes.mean(axis=0)
    directions, variances, _ = np.linalg.svd(centred.T @ centred)
    largest = np.abs(directions).argmax(axis=0)
    directions *= np.sign(directions[largest, np.arange(len(largest))])
    shares = variances / max(variances.sum(), np.finfo(float).tiny)
    return centred @ directions[:, :2], shares


@house_style()
def _figure(codes: np.ndarray, labels, dataset, prior):
    # A colour bar has to know of the layout when it is made.
    figure = Figure(figsize=(COLUMN, HEIGHT), layout="constrained")
    axes = figure.add_subplot()
    names = dataset.class_names
    if codes.shape[1] == 1:
        _one_dimension(axes, codes, labels, names)
        lay_out(figure)
    else:
        _two_dimensions(axes, codes, labels, names, prior)
        for _ in range(2):  # again, since the new limits may have wider names
            lay_out(figure)
            _equal_units(axes)
    add_note(figure, dataset.note)
    return figure


def _one_dimension(axes, codes: np.ndarray, labels, names):
    """A row for each class, codes along it, spread over its height to be seen."""
    rows = class_rows(axes, labels, names)
    spread = np.random.default_rng(0).uniform(-0.35, 0.35, len(codes))
    axes.set_xlabel("$z_1$")
    show_classes(axes, np.stack([codes[:, 0], rows + spread], axis=1), labels)


def _two_dimensions(axes, codes: np.ndarray, labels, names, prior):
    plane = codes.shape[1] == 2
    points = codes if plane else _principal_plane(axes, codes)
    show_classes(axes, points, labels)
    label_medians(axes, points, labels, names)
    legend(axes, labels, names)
    if plane:
        axes.set_xlabel("$z_1$")
        axes.set_ylabel("$z_2$")
    if plane and prior is not None:
        _outlines(axes, prior)


def _principal_plane(axes, codes: np.ndarray) -> np.ndarray:
    points, shares = principal_components(codes)
    axes.set_xlabel(f"first principal component ({shares[0]:.0%} of the variance)")
    axes.set_ylabel(f"second principal component ({shares[1]:.0%})")
    return points


def _equal_units(axes):
    """One unit as long on both axes, which keep their place on the page."""
    limits = np.array([axes.get_xlim(), axes.get_ylim()])
    size = axes.get_window_extent().size
    middle, half = limits.mean(axis=1), (np.ptp(limits, axis=1) / size).max() * size / 2
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])


def _outlines(axes, prior):
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
