"""How images of the same codes change as training goes on."""

import numpy as np

from keras_aae.checks import Count, Several, validated
from keras_aae.figures.animation import Animation, animated
from keras_aae.figures.grid import near_square, tile
from keras_aae.figures.rows import named_rows

MOST_FRAMES = 100  # keep an animation small
WIDTH = 300  # pixels, about, of a frame
SECONDS = 0.15  # a frame is shown
REST = 10  # times more that the last frame is shown
FIGURE_SPACE = "\N{FIGURE SPACE}"  # as wide as a digit


@validated
def samples_by_epoch(snapshots, *, n: Count = 10, rows: Several = 8):
    """One epoch a row: the same codes of the prior, decoded as training went on.

    The epochs lie closer together at the beginning, when images change most.

    Args:
        snapshots: epoch -> images decoded at its end, (m, H, W, C) in [0, 1].
        n: images in a row; fewer if there are fewer.
        rows: epochs, the first and the last among them; fewer if there are fewer.

    Raises:
        KerasAAEError: an option has no meaning.
    """
    epochs = chosen_epochs(snapshots, rows)
    images = [snapshots[epoch][:n] for epoch in epochs]
    return named_rows(images, [f"epoch {epoch}" for epoch in epochs], note="")


@validated
def samples_animation(snapshots, dataset=None, *, n: Count = 25) -> Animation:
    """The same codes of the prior, one a tile, decoded epoch after epoch.

    Of a long training not every epoch is shown, and fewer of the later ones.

    Args:
        snapshots: epoch -> images decoded at its end, (m, H, W, C) in [0, 1].
        dataset: that the model was trained on.
        n: tiles; fewer if there are fewer images.

    Raises:
        KerasAAEError: an option has no meaning.
    """
    columns = near_square(min(n, len(next(iter(snapshots.values())))))
    epochs = chosen_epochs(snapshots, MOST_FRAMES)
    pictures = np.stack([tile(snapshots[epoch][:n], columns) for epoch in epochs])
    # Numbers as wide as the widest, so that the text stands still.
    captions = [
        f"epoch {str(e).rjust(len(str(epochs[-1])), FIGURE_SPACE)}" for e in epochs
    ]
    note = "" if dataset is None else dataset.note
    frames = animated(pictures, note, captions, WIDTH)
    return Animation(np.concatenate([frames, *REST * [frames[-1:]]]), SECONDS)


def chosen_epochs(snapshots, n: int) -> list[int]:
    """`n` epochs from the first to the last, evenly spaced by the logarithm of epoch + 1.

    All of them if there are no more than `n`.
    """
    epochs = np.array(sorted(snapshots))
    n = min(n, len(epochs))
    wanted = np.geomspace(epochs[0] + 1, epochs[-1] + 1, n) - 1
    places = np.abs(np.subtract.outer(wanted, epochs)).argmin(axis=1)
    for i in range(n):  # never one twice, and as many left as are wanted yet
        low = places[i - 1] + 1 if i else 0
        places[i] = np.clip(places[i], low, len(epochs) - n + i)
    return epochs[places].tolist()
