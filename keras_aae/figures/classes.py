"""How the classes of a cloud of points are told apart."""

import numpy as np
from matplotlib.lines import Line2D

from keras_aae.figures.style import INK, PALETTE

MOST_CLASSES = 20  # beyond it no legend can tell them apart
MARKERS = "o^"  # the second ten classes take the colors again, as triangles
POINT = 1.4  # points across, of one code among ten thousand; fewer are larger
LABEL_HEIGHT = 0.15  # inches
AXES_INCHES = 2.4  # inches that the points of a column's figure spread over, about
LABEL = {"ha": "center", "va": "center", "size": 7, "weight": "bold", "color": INK}
BOX = {
    "boxstyle": "round,pad=0.15",
    "facecolor": "white",
    "linewidth": 0.8,
    "alpha": 0.85,
}


def show_classes(axes, points: np.ndarray, labels, color: str = PALETTE[0]):
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


def label_medians(write, points: np.ndarray, labels, names, inch: float | None = None):
    """Write each class's name at the median of its points, or as near as it can be read.

    More classes than colors are left to the legend: their names would hide the points.

    Args:
        write: `Axes.text`, or what takes the same.
        points: (n, 2).
        labels: (n,) or None.
        names: of the classes.
        inch: what an inch is on the axes; None where the points spread over a column.
    """
    classes = _countable(labels)
    if not 0 < len(classes) <= len(PALETTE):
        return
    middles = [np.median(points[labels == label], axis=0) for label in classes]
    inch = np.ptp(points, axis=0).max() / AXES_INCHES if inch is None else inch
    write_names(write, classes, names, np.array(middles), inch)


def write_names(write, classes, names, middles: np.ndarray, inch):
    """Write the classes' names where they belong, or as near as they can be read.

    Args:
        write: `Axes.text`, or what takes the same.
        classes: k numbers.
        names: of all classes.
        middles: where each of the k names belongs, (k, 2).
        inch: what an inch is on the axes, one number or two.
    """
    texts = [short_name(names[label]) for label in classes]
    sizes = [(0.1 + 0.065 * len(text), LABEL_HEIGHT) for text in texts]
    places = apart(middles, np.array(sizes) * inch)
    for label, text, place in zip(classes, texts, places, strict=True):
        write(*place, text, **LABEL, bbox={**BOX, "edgecolor": class_color(label)})


def apart(centers: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Centers of boxes, (k, 2), moved up and down until no two overlap."""
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


def legend(axes, labels, names):
    """Name the classes beside the axes."""
    entries = class_entries(labels, names)
    if entries:
        axes.figure.legend(handles=entries, loc="outside right upper")


def class_entries(labels, names) -> list[Line2D]:
    """The classes that there are, for a legend."""
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


def class_rows(axes, labels, names) -> np.ndarray:
    """The height of each point's row, one row a class, named on the y axis."""
    classes = _countable(labels)
    axes.set_yticks(range(len(classes)), [names[label] for label in classes])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return np.searchsorted(classes, labels) if classes else 0


def _countable(labels) -> list[int]:
    """The classes there are; none if there are no labels or too many classes."""
    classes = [] if labels is None else np.unique(labels).tolist()
    return classes if len(classes) <= MOST_CLASSES else []


def short_name(name: str, letters: int = 12) -> str:
    """A class's name, cut to so many letters if it is too long for a figure."""
    return name if len(name) <= letters else name[: letters - 1] + "…"


def class_color(label: int) -> str:
    """The color of a class; those beyond the tenth take the colors again."""
    return PALETTE[label % len(PALETTE)]


def _marker(group: int) -> str:
    return MARKERS[group % len(MARKERS)]
