"""Two-dimensional projections of codes: PCA and t-SNE."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from matplotlib.figure import Figure

from keras_aae.abilities import Encodes
from keras_aae.checks import Count, Number, Seed, validated
from keras_aae.data import Dataset
from keras_aae.errors import UnsupportedError
from keras_aae.figures.codes import (
    Pair,
    check_pair,
    encode_test_images,
    plane,
    settle,
)
from keras_aae.figures.style import house_style

ORDINALS = ("first", "second", "third")
FEWEST = 5  # images, so that each has neighbors
Perplexity = Annotated[float, Number(1)]
ANGLE = 0.7  # of Barnes-Hut; 0.5 takes 50 % longer for a 0.4 % smaller KL


@validated
def pca(
    model: Encodes, dataset: Dataset, *, n: Count = 10000, components: Pair = (0, 1)
) -> Figure:
    """Draw codes of test images along two of their principal components.

    The components are the eigenvectors of the covariance of the codes, by decreasing
    eigenvalue. Axis labels give the share of the variance along each component.

    Args:
        model: Model with `encode`.
        dataset: Data set whose test images are encoded.
        n: Maximum number of test images; a larger test set is subsampled evenly.
        components: Indices of the two components, from 0.

    Raises:
        UnsupportedError: The model cannot encode or has a single latent dimension.
        KerasAAEError: A code is not finite, or a component is out of range.
    """
    codes, labels = encode_test_images(model, dataset, n, "pca", least=2)
    pair = check_pair("components", components, codes.shape[1])
    projected, shares = principal_components(codes)
    title = f"PCA of {_described(codes)}"
    return _figure(
        projected[:, pair], labels, dataset, title, component_names(shares, pair)
    )


def principal_components(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return codes projected on their principal components, and the variance shares.

    The sign of each component makes its largest loading positive.
    """
    centered = codes - codes.mean(axis=0)
    directions, variances, _ = np.linalg.svd(centered.T @ centered)
    largest = np.abs(directions).argmax(axis=0)
    directions *= np.sign(directions[largest, np.arange(len(largest))])
    shares = variances / max(variances.sum(), np.finfo(float).tiny)
    return centered @ directions, shares


def component_names(shares: np.ndarray, pair: Sequence[int]) -> list[str]:
    """Return axis labels of two components, given by index."""
    units = (" of the variance", "")
    return [
        f"{_ordinal(i)} principal component ({shares[i]:.0%}{unit})"
        for i, unit in zip(pair, units, strict=True)
    ]


@validated
def tsne(
    model: Encodes,
    dataset: Dataset,
    *,
    n: Count = 2000,
    perplexity: Perplexity = 30.0,
    seed: Seed = 0,
) -> Figure:
    """Draw a t-SNE embedding of the codes of test images in the plane.

    t-SNE finds points y_i that minimize sum_ij p_ij log(p_ij / q_ij). p_ij decreases
    with the distance of codes i and j, on a scale set for each code by the perplexity,
    and q_ij is proportional to 1 / (1 + |y_i - y_j|^2). It starts from the first two
    principal components. Cluster sizes and distances between clusters mean little.

    Args:
        model: Model with `encode`.
        dataset: Data set whose test images are encoded.
        n: Maximum number of test images; a larger test set is subsampled evenly.
        perplexity: Effective number of neighbors, capped at a third of the images.
        seed: Seed of scikit-learn.

    Raises:
        UnsupportedError: The model cannot encode or has a single latent dimension, or
            there are too few images.
        KerasAAEError: A code is not finite, or the perplexity is invalid.

    References:
        Visualizing Data using t-SNE (van der Maaten and Hinton, 2008)
        https://jmlr.org/papers/v9/vandermaaten08a.html
    """
    codes, labels = encode_test_images(model, dataset, n, "tsne", least=2)
    if len(codes) < FEWEST:
        raise UnsupportedError(
            f"Figure 'tsne' needs at least {FEWEST} test images. Received: "
            f"{len(codes)}. Draw 'scatterplot' instead."
        )
    perplexity = min(perplexity, (len(codes) - 1) / 3)
    points = _embed(codes, perplexity, seed)
    title = f"t-SNE of {_described(codes)}, perplexity {perplexity:.3g}"
    return _figure(points, labels, dataset, title)


def _embed(codes: np.ndarray, perplexity: float, seed: int) -> np.ndarray:
    # The import takes a second, so only this figure does it.
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    # Identical codes have no principal components to start from.
    init = "pca" if np.ptp(codes, axis=0).any() else "random"
    method = TSNE(perplexity=perplexity, init=init, random_state=seed, angle=ANGLE)
    with threadpool_limits(1):  # results depend on the number of threads
        return method.fit_transform(codes)


def _described(codes: np.ndarray) -> str:
    n, dimensions = codes.shape
    return f"{n:,} codes of {dimensions} dimensions"


def _ordinal(i: int) -> str:
    return ORDINALS[i] if i < len(ORDINALS) else f"{i + 1}th"


@house_style()
def _figure(
    points: np.ndarray,
    labels: np.ndarray | None,
    dataset: Dataset,
    title: str,
    names: Sequence[str] = (),
) -> Figure:
    figure, axes = plane(points, labels, dataset.class_names)
    axes.set_title(title)
    if names:
        axes.set_xlabel(names[0])
        axes.set_ylabel(names[1])
    else:  # t-SNE coordinates have no meaning
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    settle(figure, dataset.note)
    return figure
