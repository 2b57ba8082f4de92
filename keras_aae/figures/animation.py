"""Animated figures: sequences of frames, and images decoded along paths of codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_aae.abilities import Decodes, Encodes, require
from keras_aae.checks import Count, Seed, Several, validated
from keras_aae.data import Dataset
from keras_aae.errors import DataError
from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.inputs import images_at, varied_positions

WIDTH = 240  # approximate width in pixels of a frame of small images
SECONDS = 0.08  # duration of a frame
NOTE_DPI = 120
MOST_STOPS = 10  # most stops of a tour, which limits its length


@dataclass(frozen=True)
class Animation:
    """Frames played in an endless loop.

    Args:
        frames: Array (t, H, W, C) of uint8, C = 1 or 3.
        seconds_per_frame: Duration of each frame, in steps of 0.01 s.
    """

    frames: np.ndarray
    seconds_per_frame: float


@validated
def interpolation_animation(
    model: Any,
    dataset: Dataset,
    *,
    n: Count = 16,
    frames: Several = 32,
    seed: Seed = 0,
) -> Animation:
    """Animate the interpolation between pairs of test images, one pair per tile.

    z(t) = a(t) z_1 + (1 - a(t)) z_2,  a(t) = cos^2(pi t / 2),  t = 0 ... 2

    a falls from 1 to 0 and rises again. Its slope is 0 at both ends.

    Args:
        model: Model with `encode` and `decode`.
        dataset: Data set whose test images are used. With labels, the two images of a
            pair are of different classes where possible.
        n: Number of tiles; fewer if there are fewer than 2 n test images.
        frames: Number of frames there and back.
        seed: Seed of the choice of images.

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
    model: Any,
    dataset: Dataset,
    *,
    n: Count = 16,
    frames: Several = 32,
    seed: Seed = 0,
) -> Animation:
    """Animate the interpolation from test images to their nearest neighbors and back.

    z(t) = a(t) z_1 + (1 - a(t)) z_2,  a(t) = cos^2(pi t / 2),  t = 0 ... 2

    Each tile shows one image. Its neighbor is the test image with the nearest code.

    Args:
        model: Model with `encode` and `decode`.
        dataset: Data set whose test images are used and searched for neighbors.
        n: Number of tiles; fewer if there are fewer test images.
        frames: Number of frames there and back.
        seed: Seed of the choice of images.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        DataError: there is only one test image, or all have the same code.
    """
    n = min(n, len(dataset.test))
    chosen = varied_positions(dataset, n, seed)
    nearest = _nearest_others(model, dataset, chosen)
    stops = np.stack([chosen, nearest], axis=1)
    return _tours(model, dataset, stops, frames, "nearest-neighbors")


def _nearest_others(model, dataset, positions: np.ndarray) -> np.ndarray:
    """Return the positions of the nearest codes that are not the same, (n,)."""
    from sklearn.metrics import pairwise_distances  # takes a second

    encode = require(model, Encodes, by="Figure 'nearest-neighbors'").encode
    codes = encode(images_at(dataset, np.arange(len(dataset.test))))
    distances = pairwise_distances(codes[positions], codes)
    distances[(codes[positions][:, None] == codes).all(axis=-1)] = np.inf
    if np.isinf(distances).all(axis=1).any():
        raise DataError(
            f"All test images of data set {dataset.name!r} have the same code. Figure "
            "'nearest-neighbors' expects different codes. Use another model or data "
            "set."
        )
    return distances.argmin(axis=1)


@validated
def morph(
    model: Any,
    dataset: Dataset,
    *,
    n: Count = 16,
    frames: Count = 12,
    seed: Seed = 0,
) -> Animation:
    """Animate tours through one test image of each class, one tour per tile.

    z(t) = a(t) z_k + (1 - a(t)) z_{k+1},  a(t) = cos^2(pi t / 2),  t = 0 ... 1

    Every tour ends where it began.

    Args:
        model: Model with `encode` and `decode`.
        dataset: Data set whose test images are used. A tour has at most 10 stops, and
            10 if the images have no labels.
        n: Number of tiles.
        frames: Number of frames from one image to the next.
        seed: Seed of the choice of images.

    Raises:
        UnsupportedError: the model cannot encode or decode.
        DataError: there is only one class.
    """
    stops = _one_of_each_class(dataset, n, seed)
    frames = frames * stops.shape[1]
    return _tours(model, dataset, stops, frames, "morph")


def _one_of_each_class(dataset, n: int, seed: int) -> np.ndarray:
    """Return positions of test images, (n, classes), in the order of the classes."""
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
            f"The test images of data set {dataset.name!r} are of one class. Figure "
            "'morph' expects at least two classes. Use another data set."
        )
    # An image of a small class may appear on several tiles.
    return np.stack([np.resize(positions, n) for positions in members], axis=1)


def _tours(model, dataset, stops: np.ndarray, frames: int, figure: str) -> Animation:
    """Animate one closed tour in `frames` frames for each row of positions."""
    require(model, Encodes, Decodes, by=f"Figure {figure!r}")
    n, k = stops.shape
    codes = model.encode(images_at(dataset, stops.ravel())).reshape(n, k, -1)
    path = closed_path(codes, frames)
    images = model.decode(path.reshape(frames * n, -1))
    images = images.reshape(frames, n, *images.shape[1:])
    pictures = [tile(images[i], columns=near_square(n)) for i in range(frames)]
    return Animation(animated(np.stack(pictures), dataset.note), SECONDS)


def closed_path(codes: np.ndarray, frames: int) -> np.ndarray:
    """Interpolate codes along closed paths through k stops.

    Args:
        codes: Stops of n paths, (n, k, latent_dim).
        frames: Number of frames of the whole path, evenly spaced in time.

    Returns:
        Codes (frames, n, latent_dim), float32.
    """
    k = codes.shape[1]
    leg, rest = np.divmod(np.arange(frames) * k, frames)
    a = np.cos(np.pi / 2 * rest / frames)[:, None, None] ** 2
    start, end = codes[:, leg], codes[:, (leg + 1) % k]
    return (a * start.swapaxes(0, 1) + (1 - a) * end.swapaxes(0, 1)).astype("float32")


def animated(
    pictures: np.ndarray, note: str, captions: Sequence[str] = (), width: int = WIDTH
) -> np.ndarray:
    """Return the frames of an animation: pictures enlarged by a whole factor.

    Args:
        pictures: Images (t, H, W, C) in [0, 1].
        note: Note of the data set, written below each picture.
        captions: Text above each picture, t in all, or empty.
        width: Approximate width of a frame in pixels.

    Returns:
        Frames (t, H, W, C), uint8.
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
    """Render small text as an image, (H, width, 1) uint8."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from keras_aae.figures.style import add_note, house_style

    with house_style():
        figure = Figure(figsize=(width / NOTE_DPI, 0), dpi=NOTE_DPI)
        add_note(figure, text)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :1].copy()
