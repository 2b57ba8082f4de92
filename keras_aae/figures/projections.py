"""Two-dimensional views of codes of any dimension: PCA and t-SNE."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np

from keras_aae.checks import Count, Number, Seed, validated
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
FEWEST = 5  # images, so that each has neighbors to stay near
Perplexity = Annotated[float, Number(1)]
ANGLE = 0.7  # Barnes-Hut's; 0.5 takes half as long again for a KL smaller by 0.4 %


@validated
def pca(model, dataset, *, n: Count = 10000, components: Pair = (0, 1)):
    """Codes of the test images along two of their principal components.

    These are the eigenvectors of the codes' covariance, by falling eigenvalue; each
    axis says what share of the variance, the sum of all eigenvalues, lies along it.

    Args:
        model: with `encode`.
        dataset: whose test images are encoded.
        n: the most images drawn; spread evenly over the test set if it holds more.
        components: which two, counted from 0.

    Raises:
        UnsupportedError: the model cannot encode, or to one dimension only.
        KerasAAEError: a code is not a finite number, or there are no such components.
    """
    codes, labels = encode_test_images(model, dataset, n, "pca", least=2)
    pair = check_pair("components", components, codes.shape[1])
    projected, shares = principal_components(codes)
    title = f"PCA of {_described(codes)}"
    return _figure(
        projected[:, pair], labels, dataset, title, component_names(shares, pair)
    )


def principal_components(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The codes along each of their principal components, and each one's share.

    Each component points to where its largest loading is positive.
    """
    centered = codes - codes.mean(axis=0)
    directions, variances, _ = np.linalg.svd(centered.T @ centered)
    largest = np.abs(directions).argmax(axis=0)
    directions *= np.sign(directions[largest, np.arange(len(largest))])
    shares = variances / max(variances.sum(), np.finfo(float).tiny)
    return centered @ directions, shares


def component_names(shares: np.ndarray, pair: Sequence[int]) -> list[str]:
    """What to write along the axes of two components, counted from 0."""
    units = (" of the variance", "")
    return [
        f"{_ordinal(i)} principal component ({shares[i]:.0%}{unit})"
        for i, unit in zip(pair, units, strict=True)
    ]


@validated
def tsne(
    model, dataset, *, n: Count = 2000, perplexity: Perplexity = 30.0, seed: Seed = 0
):
    """Codes of the test images in the plane, neighbors kept near one another.

    t-SNE places y_i so that sum_ij p_ij log(p_ij / q_ij) is least, where p_ij falls with
    the distance of codes i and j, its reach set for each code by the perplexity, and
    q_ij is proportional to 1 / (1 + |y_i - y_j|^2). It starts from the first two
    principal components. Sizes of clusters and distances between them mean little.

    Args:
        model: with `encode`.
        dataset: whose test images are encoded.
        n: the most images drawn; spread evenly over the test set if it holds more.
        perplexity: how many neighbors count; at most a third of the images is used.
        seed: of scikit-learn's random choices.

    Raises:
        UnsupportedError: the model cannot encode, or to one dimension only, or there
            are too few images.
        KerasAAEError: a code is not a finite number, or the perplexity has no meaning.

    References:
        Visualizing Data using t-SNE (van der Maaten and Hinton, 2008)
        https://jmlr.org/papers/v9/vandermaaten08a.html
    """
    codes, labels = encode_test_images(model, dataset, n, "tsne", least=2)
    if len(codes) < FEWEST:
        raise UnsupportedError(
            f"Figure 'tsne' needs at least {FEWEST} test images. Received: "
            f"{len(codes)}. Draw 'scatterplot'."
        )
    perplexity = min(perplexity, (len(codes) - 1) / 3)
    points = _embed(codes, perplexity, seed)
    title = f"t-SNE of {_described(codes)}, perplexity {perplexity:.3g}"
    return _figure(points, labels, dataset, title)


def _embed(codes: np.ndarray, perplexity: float, seed: int) -> np.ndarray:
    # A second to import, which only this figure has to wait.
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    # Codes that are all the same have no principal components to start from.
    init = "pca" if np.ptp(codes, axis=0).any() else "random"
    method = TSNE(perplexity=perplexity, init=init, random_state=seed, angle=ANGLE)
    with threadpool_limits(1):  # the number of threads changes the last bits
        return method.fit_transform(codes)


def _described(codes: np.ndarray) -> str:
    n, dimensions = codes.shape
    return f"{n:,} codes of {dimensions} dimensions"


def _ordinal(i: int) -> str:
    return ORDINALS[i] if i < len(ORDINALS) else f"{i + 1}th"


@house_style()
def _figure(points, labels, dataset, title: str, names: Sequence[str] = ()):
    figure, axes = plane(points, labels, dataset.class_names)
    axes.set_title(title)
    if names:
        axes.set_xlabel(names[0])
        axes.set_ylabel(names[1])
    else:  # numbers along the axes would mean nothing
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    settle(figure, dataset.note)
    return figure
