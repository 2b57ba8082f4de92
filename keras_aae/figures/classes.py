"""Colors, markers, legends and names of the classes of a scatterplot."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from keras_aae.figures.style import INK, PALETTE

MOST_CLASSES = 20  # most classes that a legend can distinguish
MARKERS = "o^"  # the second ten classes reuse the colors, as triangles
POINT = 1.4  # diameter in points of one code among ten thousand; larger for fewer
LABEL_HEIGHT = 0.15  # inches
AXES_INCHES = 2.4  # approximate inches covered by the points of a column-wide figure
LABEL = {"ha": "center", "va": "center", "size": 7, "weight": "bold", "color": INK}
BOX = {
    "boxstyle": "round,pad=0.15",
    "facecolor": "white",
    "linewidth": 0.8,
    "alpha": 0.85,
}


def show_classes(
    axes: Axes,
    points: np.ndarray,
    labels: np.ndarray | None,
    color: str = PALETTE[0],
) -> None:
    """Scatter `points`, (n, 2 or 3), in the colors of `labels`, in `color` if None."""
    area = POINT**2 * np.clip(np.sqrt(10_000 / len(points)), 1, 6)
    look = {"s": area, "linewidths": 0, "rasterized": True}
    if labels is None:
        axes.scatter(*points.T, color=color, **look)
    elif _countable(labels):
        _scatter_classes(axes, points, labels, look)
    else:
        cloud = axes.scatter(*points.T, c=labels, cmap="cividis", **look)
        bar = axes.figure.colorbar(cloud, ax=axes, shrink=0.7, fraction=0.04)
        bar.set_label(f"class number, of {len(np.unique(labels))} classes")
        bar.outline.set_visible(False)


def _scatter_classes(axes, points, labels, look):
    colors = np.array(PALETTE)[labels % len(PALETTE)]
    for group in np.unique(labels // len(PALETTE)):
        rows = labels // len(PALETTE) == group
        axes.scatter(*points[rows].T, c=colors[rows], marker=_marker(group), **look)


def label_medians(
    write: Callable[..., Any],
    points: np.ndarray,
    labels: np.ndarray | None,
    names: Sequence[str],
    inch: float | None = None,
) -> None:
    """Write each class's name as near to the median of its points as is legible.

    Write none if there are more classes than colors: the names would hide the points.

    Args:
        write: `Axes.text`, or a function with the same arguments.
        points: Points (n, 2).
        labels: Labels (n,) or None.
        names: Names of all classes.
        inch: Length of an inch in units of the axes. If None, the points are taken to
            cover a column-wide figure.
    """
    classes = _countable(labels)
    if not 0 < len(classes) <= len(PALETTE):
        return
    middles = [np.median(points[labels == label], axis=0) for label in classes]
    inch = np.ptp(points, axis=0).max() / AXES_INCHES if inch is None else inch
    write_names(write, classes, names, np.array(middles), inch)


def write_names(
    write: Callable[..., Any],
    classes: Sequence[int],
    names: Sequence[str],
    middles: np.ndarray,
    inch: float | np.ndarray,
) -> None:
    """Write names of classes as near to the given points as is legible.

    Args:
        write: `Axes.text`, or a function with the same arguments.
        classes: Numbers of k classes.
        names: Names of all classes.
        middles: Preferred centers of the k names, (k, 2).
        inch: Length of an inch in units of the axes, one number or one per axis.
    """
    texts = [short_name(names[label]) for label in classes]
    sizes = [(0.1 + 0.065 * len(text), LABEL_HEIGHT) for text in texts]
    places = apart(middles, np.array(sizes) * inch)
    for label, text, place in zip(classes, texts, places, strict=True):
        write(*place, text, **LABEL, bbox={**BOX, "edgecolor": class_color(label)})


def apart(centers: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return centers of boxes, (k, 2), moved up and down until no two overlap."""
    centers, k = centers.copy(), len(centers)
    order = np.sign(np.subtract.outer(np.arange(k), np.arange(k)))
    for _ in range(100):
        between = centers[:, None] - centers
        overlap = (sizes[:, None] + sizes) / 2 - np.abs(between)
        touching = (overlap > 1e-9 * sizes.max()).all(axis=-1) & (order != 0)
        away = np.where(between[..., 1] == 0, order, np.sign(between[..., 1]))
        centers[:, 1] += (touching * away * overlap[..., 1]).sum(axis=1) / 2
        if not touching.any():
            break
    return centers


def legend(axes: Axes, labels: np.ndarray | None, names: Sequence[str]) -> None:
    """Add a legend of the classes beside the axes."""
    entries = class_entries(labels, names)
    if entries:
        axes.figure.legend(handles=entries, loc="outside right upper")


def class_entries(labels: np.ndarray | None, names: Sequence[str]) -> list[Line2D]:
    """Return the legend entries of the classes that occur."""
    return [
        Line2D(
            [],
            [],
            linestyle="",
            marker=_marker(label // len(PALETTE)),
            markersize=4,
            markeredgewidth=0,
            color=class_color(label),
            label=names[label],
        )
        for label in _countable(labels)
    ]


def class_rows(
    axes: Axes, labels: np.ndarray | None, names: Sequence[str]
) -> np.ndarray | int:
    """Name one row per class on the y axis and return the row of each point.

    Without labels, or with too many classes, there is one row, 0.
    """
    classes = _countable(labels)
    axes.set_yticks(range(len(classes)), [names[label] for label in classes])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return np.searchsorted(classes, labels) if classes else 0


def _countable(labels) -> list[int]:
    """Return the classes that occur; none without labels or with too many classes."""
    classes = [] if labels is None else np.unique(labels).tolist()
    return classes if len(classes) <= MOST_CLASSES else []


def short_name(name: str, letters: int = 12) -> str:
    """Return a class's name, cut to at most `letters` characters."""
    return name if len(name) <= letters else name[: letters - 1] + "…"


def class_color(label: int) -> str:
    """Return the color of a class; classes beyond the tenth reuse the colors."""
    return PALETTE[label % len(PALETTE)]


def _marker(group: int) -> str:
    return MARKERS[group % len(MARKERS)]
