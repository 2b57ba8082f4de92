"""Images decoded from fixed codes over the epochs of training."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from keras_aae.checks import Count, Several, validated
from keras_aae.data import Dataset
from keras_aae.figures.animation import Animation, animated
from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.rows import named_rows

MOST_FRAMES = 100  # keeps the file of an animation small
WIDTH = 300  # approximate width of a frame, in pixels
SECONDS = 0.15  # duration of a frame
REST = 10  # extra repetitions of the last frame
FIGURE_SPACE = "\N{FIGURE SPACE}"  # as wide as a digit


@validated
def samples_by_epoch(
    snapshots: Mapping[int, np.ndarray], *, n: Count = 10, rows: Several = 8
) -> Figure:
    """Draw images decoded from fixed codes of the prior, one epoch per row.

    Early epochs, when images change most, are closer together.

    Args:
        snapshots: Images decoded at the end of each epoch, (m, H, W, C), by epoch.
        n: Number of images in a row, at most m.
        rows: Number of epochs, including the first and the last, at most all.

    Raises:
        KerasAAEError: An option is invalid.
    """
    epochs = chosen_epochs(snapshots, rows)
    images = [snapshots[epoch][:n] for epoch in epochs]
    return named_rows(images, [f"epoch {epoch}" for epoch in epochs], note="")


@validated
def samples_animation(
    snapshots: Mapping[int, np.ndarray],
    dataset: Dataset | None = None,
    *,
    n: Count = 25,
) -> Animation:
    """Animate images decoded from fixed codes of the prior over the epochs.

    Long training is subsampled, with fewer of the later epochs.

    Args:
        snapshots: Images decoded at the end of each epoch, (m, H, W, C), by epoch.
        dataset: Data set that the model was trained on.
        n: Number of images, at most m.

    Raises:
        KerasAAEError: An option is invalid.
    """
    columns = near_square(min(n, len(next(iter(snapshots.values())))))
    epochs = chosen_epochs(snapshots, MOST_FRAMES)
    pictures = np.stack([tile(snapshots[epoch][:n], columns) for epoch in epochs])
    # Pad the numbers to equal width, so that the text does not move.
    captions = [
        f"epoch {str(e).rjust(len(str(epochs[-1])), FIGURE_SPACE)}" for e in epochs
    ]
    note = "" if dataset is None else dataset.note
    frames = animated(pictures, note, captions, WIDTH)
    return Animation(np.concatenate([frames, *REST * [frames[-1:]]]), SECONDS)


def chosen_epochs(snapshots: Mapping[int, np.ndarray], n: int) -> list[int]:
    """Return `n` epochs from first to last, evenly spaced in log(epoch + 1).

    If there are at most `n` epochs, return all.
    """
    epochs = np.array(sorted(snapshots))
    n = min(n, len(epochs))
    wanted = np.geomspace(epochs[0] + 1, epochs[-1] + 1, n) - 1
    places = np.abs(np.subtract.outer(wanted, epochs)).argmin(axis=1)
    for i in range(n):  # keep them distinct, and leave enough for the rest
        low = places[i - 1] + 1 if i else 0
        places[i] = np.clip(places[i], low, len(epochs) - n + i)
    return epochs[places].tolist()
