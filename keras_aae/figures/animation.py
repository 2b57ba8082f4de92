"""Figures that move: pictures one after the other, and codes on their way, decoded."""

from dataclasses import dataclass

import numpy as np

from keras_aae.abilities import Decodes, Encodes, require
from keras_aae.checks import Count, Seed, Several, validated
from keras_aae.errors import DataError
from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.inputs import images_at, varied_positions

WIDTH = 240  # pixels, about, of a frame whose images are small
SECONDS = 0.08  # a frame is shown
NOTE_DPI = 120
MOST_STOPS = 10  # of a tour, so that it does not last too long


@dataclass(frozen=True)
class Animation:
    """Pictures to be shown one after the other, again and again.

    Args:
        frames: (t, H, W, C) uint8, C = 1 or 3.
        seconds_per_frame: how long each is shown, in steps of 0.01.
    """

    frames: np.ndarray
    seconds_per_frame: float


@validated
def interpolation_animation(
    model, dataset, *, n: Count = 16, frames: Several = 32, seed: Seed = 0
) -> Animation:
    """Pairs of test images, one a tile: from one code to the other and back.

    z(t) = a(t) z_1 + (1 - a(t)) z_2,  a(t) = cos^2(pi t / 2),  t = 0 ... 2

    a falls from 1 to 0 and rises again, and rests at either end.

    Args:
        model: with `encode` and `decode`.
        dataset: whose test images are taken, of two classes as far as there are labels.
        n: tiles; fewer if there are fewer than 2 n test images.
        frames: of the way there and back.
        seed: of the choice of images.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        DataError: there is only one test image.
    """
    kind = "interpolation-animation"
    n = max(1, min(n, len(dataset.test) // 2))
    positions = varied_positions(dataset, 2 * n, seed)
    return _tours(model, dataset, positions.reshape(n, 2), frames, kind)


@validated
def nearest_neighbors(
    model, dataset, *, n: Count = 16, frames: Several = 32, seed: Seed = 0
) -> Animation:
    """Test images, one a tile: to that whose code is nearest, and back.

    z(t) = a(t) z_1 + (1 - a(t)) z_2,  a(t) = cos^2(pi t / 2),  t = 0 ... 2

    Args:
        model: with `encode` and `decode`.
        dataset: whose test images are taken, and whose neighbors are searched.
        n: tiles; fewer if there are fewer test images.
        frames: of the way there and back.
        seed: of the choice of images.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        DataError: there is only one test image, or all have one code.
    """
    n = min(n, len(dataset.test))
    chosen = varied_positions(dataset, n, seed)
    nearest = _nearest_others(model, dataset, chosen)
    stops = np.stack([chosen, nearest], axis=1)
    return _tours(model, dataset, stops, frames, "nearest-neighbors")


def _nearest_others(model, dataset, positions: np.ndarray) -> np.ndarray:
    """Where the nearest code stands that is not the same, (n,)."""
    from sklearn.metrics import pairwise_distances  # takes a second

    encode = require(model, Encodes, by="Figure 'nearest-neighbors'").encode
    codes = encode(images_at(dataset, np.arange(len(dataset.test))))
    distances = pairwise_distances(codes[positions], codes)
    distances[(codes[positions][:, None] == codes).all(axis=-1)] = np.inf
    if np.isinf(distances).all(axis=1).any():
        raise DataError(
            "Figure 'nearest-neighbors' needs test images with different codes. Those of data set "
            f"{dataset.name!r} have one."
        )
    return distances.argmin(axis=1)


@validated
def morph(
    model, dataset, *, n: Count = 16, frames: Count = 12, seed: Seed = 0
) -> Animation:
    """Tours through one test image of each class and back to the first, one a tile.

    z(t) = a(t) z_k + (1 - a(t)) z_{k+1},  a(t) = cos^2(pi t / 2),  t = 0 ... 1

    Args:
        model: with `encode` and `decode`.
        dataset: whose test images are taken. Of more than 10 classes, and of images
            without labels, a tour visits 10.
        n: tiles.
        frames: from one image to the next.
        seed: of the choice of images.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        DataError: there is only one class.
    """
    stops = _one_of_each_class(dataset, n, seed)
    frames = frames * stops.shape[1]
    return _tours(model, dataset, stops, frames, "morph")


def _one_of_each_class(dataset, n: int, seed: int) -> np.ndarray:
    """Positions of test images, (n, classes), in the order of the classes."""
    rng, labels = np.random.default_rng(seed), dataset.test.labels
    if labels is None:
        order = rng.permutation(len(dataset.test))
        members = np.array_split(order, min(MOST_STOPS, len(order)))
    else:
        classes = rng.permutation(np.unique(labels))[:MOST_STOPS]
        members = [
            rng.permutation(np.flatnonzero(labels == c)) for c in sorted(classes)
        ]
    if len(members) < 2:
        raise DataError(
            "Figure 'morph' needs test images of at least two classes. Data set "
            f"{dataset.name!r} has one."
        )
    # A small class may stand on several tiles.
    return np.stack([np.resize(positions, n) for positions in members], axis=1)


def _tours(model, dataset, stops: np.ndarray, frames: int, figure: str) -> Animation:
    """Each row of positions toured in `frames` frames, from its last stop to its first."""
    require(model, Encodes, Decodes, by=f"Figure {figure!r}")
    n, k = stops.shape
    codes = model.encode(images_at(dataset, stops.ravel())).reshape(n, k, -1)
    path = closed_path(codes, frames)
    images = model.decode(path.reshape(frames * n, -1))
    images = images.reshape(frames, n, *images.shape[1:])
    pictures = [tile(images[i], columns=near_square(n)) for i in range(frames)]
    return Animation(animated(np.stack(pictures), dataset.note), SECONDS)


def closed_path(codes: np.ndarray, frames: int) -> np.ndarray:
    """Codes on the way past k stops and back to the first, evenly spaced in time.

    Args:
        codes: the stops of n paths, (n, k, latent_dim).
        frames: of the whole way.

    Returns:
        (frames, n, latent_dim), float32.
    """
    k = codes.shape[1]
    leg, rest = np.divmod(np.arange(frames) * k, frames)
    a = np.cos(np.pi / 2 * rest / frames)[:, None, None] ** 2
    start, end = codes[:, leg], codes[:, (leg + 1) % k]
    return (a * start.swapaxes(0, 1) + (1 - a) * end.swapaxes(0, 1)).astype("float32")


def animated(pictures: np.ndarray, note: str, captions=(), width=WIDTH) -> np.ndarray:
    """The frames of an animation: pictures enlarged by whole pixels.

    Args:
        pictures: (t, H, W, C) in [0, 1].
        note: of the data set, for below each.
        captions: one above each picture, or none at all.
        width: pixels, about, of a frame.

    Returns:
        (t, H, W, C) uint8.
    """
    scale = max(1, width // pictures.shape[2])
    frames = np.rint(pictures * 255).astype("uint8")
    frames = frames.repeat(scale, axis=1).repeat(scale, axis=2)
    above = [_text_strip(caption, frames.shape[2]) for caption in captions]
    below = [_text_strip(note, frames.shape[2])] * len(frames) if note else []
    parts = [np.stack(strips) for strips in (above, below) if strips]
    parts = [np.broadcast_to(p, (*p.shape[:3], frames.shape[-1])) for p in parts]
    parts.insert(1 if above else 0, frames)
    return np.concatenate(parts, axis=1)


def _text_strip(text: str, width: int) -> np.ndarray:
    """Small text as a picture of its own, (H, width, 1) uint8."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from keras_aae.figures.style import add_note, house_style

    with house_style():
        figure = Figure(figsize=(width / NOTE_DPI, 0), dpi=NOTE_DPI)
        add_note(figure, text)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :1].copy()
