"""What each cluster stands for, beside the images that a model puts into it."""

import numpy as np
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

LINE = 0.13  # inches, of the text above a row
BETWEEN = 0.15  # inches between two blocks of rows


@validated
def cluster_heads(model, dataset, *, n: Several = 10):
    """One cluster a row: its head, framed, and the test images that most surely are of it.

    The head is the image of the cluster without style. Of the test images whose likeliest
    cluster it is, the `n` of the highest probability follow, the highest first. Above
    stand the share of all test images that are in the cluster and, as far as there are
    labels, the share of these that are of its most frequent class.

    Args:
        model: with `class_probabilities`, and `decode(z, labels)`, or `decode` and
            `places`.
        dataset: whose test images are shown.
        n: images beside each head; fewer in a cluster of fewer.

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
    """The image of each cluster, (clusters, H, W, C)."""
    by = "Figure 'cluster-heads'"
    if supports(model, HasHeadPositions):
        return require(model, Decodes, by=by).decode(model.head_positions)
    k = require(model, DecodesClasses, HasLatentDim, by=by).classes
    return model.decode(np.zeros((k, model.latent_dim), "float32"), np.arange(k))


def _surest(probability: np.ndarray, inside: np.ndarray, n: int) -> np.ndarray:
    """Positions of the `n` members of the highest probability, the highest first."""
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
    """The head, a gap, and a row of images, white where there are fewer than `n`."""
    height, _, channels = head.shape
    missing = np.full((n - len(images), *head.shape), WHITE, "float32")
    row = tile(np.concatenate([images, missing]), columns=n)
    gap = np.full((height, 4 * thin_gap(head[None]), channels), WHITE, "float32")
    return np.concatenate([head, gap, row], axis=1)
