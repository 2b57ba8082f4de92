"""The heads of clusters, beside the images that the model assigns to them."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from keras_aae.abilities import (
    Decodes,
    DecodesClasses,
    HasHeadPositions,
    HasLatentDim,
    require,
    supports,
)
from keras_aae.checks import Several, validated
from keras_aae.data import Dataset
from keras_aae.figures.class_rows import classify_test_images, row_names
from keras_aae.figures.grid import WHITE, thin_gap, tile
from keras_aae.figures.inputs import images_at
from keras_aae.figures.rows import away, in_blocks
from keras_aae.figures.style import (
    EDGE,
    FRAME,
    PAGE,
    add_note,
    house_style,
    image_figure,
)

LINE = 0.13  # inches for the text above a row
BETWEEN = 0.15  # inches between two blocks of rows


@validated
def cluster_heads(model: Any, dataset: Dataset, *, n: Several = 10) -> Figure:
    """Draw one cluster per row: its head, framed, and its most confident test images.

    The head is the image of the cluster decoded without style. It is followed by the
    `n` test images of the cluster with the highest probability, in descending order. An
    image belongs to its likeliest cluster. The text above a row gives the share of all
    test images in the cluster and, with labels, the share of these that are of the most
    frequent class.

    Args:
        model: Model with `class_probabilities`, and with `decode(z, labels)`, or with
            `decode` and `head_positions`.
        dataset: Data set whose test images are shown.
        n: Number of images beside each head; fewer if the cluster has fewer.

    Raises:
        UnsupportedError: the model has no clusters, or cannot decode them.
    """
    probabilities = classify_test_images(model, dataset, "cluster-heads")
    heads = _heads(model)
    found, labels = probabilities.argmax(axis=1), dataset.test.labels
    names = row_names(len(heads), dataset, found)
    texts, rows = [], []
    for k, name in enumerate(names):
        texts.append(f"{name}: {_described(found == k, labels)}")
        surest = _surest(probabilities[:, k], found == k, n)
        rows.append(images_at(dataset, surest))
    return _figure(heads, rows, n, texts, dataset.note)


def _heads(model) -> np.ndarray:
    """Decode the head of each cluster, (clusters, H, W, C)."""
    by = "Figure 'cluster-heads'"
    if supports(model, HasHeadPositions):
        return require(model, Decodes, by=by).decode(model.head_positions)
    k = require(model, DecodesClasses, HasLatentDim, by=by).classes
    return model.decode(np.zeros((k, model.latent_dim), "float32"), np.arange(k))


def _surest(probability: np.ndarray, inside: np.ndarray, n: int) -> np.ndarray:
    """Return the positions of the `n` likeliest members, in descending order."""
    members = np.flatnonzero(inside)
    return members[np.argsort(-probability[members], kind="stable")[:n]]


def _described(inside: np.ndarray, labels) -> str:
    if not inside.any():
        return "no test images"
    text = f"{inside.mean():.1%} of images"
    known = inside & (labels >= 0) if labels is not None else np.zeros(0, bool)
    if not known.any():
        return text
    return text + f", {np.bincount(labels[known]).max() / known.sum():.1%} of one class"


@house_style()
def _figure(heads: np.ndarray, rows: list, n: int, texts: list[str], note: str):
    height, width = heads.shape[1:3]
    side = max(height, width)
    strips = [_strip(*pair, n) for pair in zip(heads, rows, strict=True)]
    image, corners = in_blocks(
        strips,
        thin_gap(heads),
        line=LINE,
        between=BETWEEN,
        room=PAGE - 2 * EDGE,
        side=side,
    )
    figure, axes = image_figure(image, tile=side, margins=(EDGE, 0), head=LINE)
    for (x, y), text in zip(corners, texts, strict=True):
        axes.annotate(text, (x - 0.5, y - 0.5), **away(0, 1), ha="left", va="bottom")
        axes.add_patch(Rectangle((x, y), width - 1, height - 1, **FRAME))
    add_note(figure, note)
    return figure


def _strip(head: np.ndarray, images: np.ndarray, n: int) -> np.ndarray:
    """Lay out the head, a gap and a row of `n` images, white where there are fewer."""
    height, _, channels = head.shape
    missing = np.full((n - len(images), *head.shape), WHITE, "float32")
    row = tile(np.concatenate([images, missing]), columns=n)
    gap = np.full((height, 4 * thin_gap(head[None]), channels), WHITE, "float32")
    return np.concatenate([head, gap, row], axis=1)
