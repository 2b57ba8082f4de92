"""The 1,797 digits bundled with scikit-learn, converted to look like MNIST.

References:
    Optical recognition of handwritten digits (Alpaydin and Kaynak, 1998)
    https://archive.ics.uci.edu/dataset/80
"""

from pathlib import Path

import numpy as np
from PIL import Image

from keras_aae.data.dataset import Dataset, split_test
from keras_aae.data.images import Images

TEST_IMAGES = 360


def load_digits(data_dir: str | Path | None = None) -> Dataset:
    """Load the bundled digits: 1,437 + 360 images of 28x28, uint8.

    The originals are 8x8 with values 0..16. They are enlarged with bicubic
    interpolation and sharpened, so that digits and strokes have the size and contrast
    of MNIST's. The split is always the same.

    Args:
        data_dir: Folder of data files; not used.
    """
    import sklearn.datasets  # slow import, needed only here

    originals = sklearn.datasets.load_digits()
    x = np.stack([_enlarge(image) for image in originals.images])
    train, test = split_test(Images(x, originals.target), TEST_IMAGES)
    return Dataset("digits", train, test, tuple("0123456789"))


def _enlarge(image: np.ndarray) -> np.ndarray:
    # A border of 2 pixels becomes about 4, as in MNIST. Doubling the contrast makes the
    # blurred strokes as sharp as in MNIST.
    small = Image.fromarray(np.round(np.pad(image, 2) * (255 / 16)).astype(np.uint8))
    large = np.asarray(small.resize((28, 28), Image.Resampling.BICUBIC), np.int16)
    return np.clip(2 * large - 128, 0, 255).astype(np.uint8)
