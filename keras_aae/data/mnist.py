"""MNIST and Fashion-MNIST, from the files that Keras uses, verified by checksum.

References:
    Gradient-based learning applied to document recognition (LeCun et al., 1998)
    http://yann.lecun.com/exdb/publis/pdf/lecun-01a.pdf
    Fashion-MNIST (Xiao et al., 2017)
    https://arxiv.org/abs/1708.07747
"""

import gzip
import hashlib
from pathlib import Path

import numpy as np

from keras_aae.data.dataset import Dataset
from keras_aae.data.fetching import check_sha256, find_or_download
from keras_aae.data.images import Images
from keras_aae.data.npz import read_arrays
from keras_aae.errors import DataError

SOURCE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
ARRAYS = ("x_train", "y_train", "x_test", "y_test")

MNIST_ARCHIVE_SHA256 = (
    "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
)
# Hash of the four arrays, since archives of the same arrays may differ in their bytes.
MNIST_ARRAYS_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"

# In the order of ARRAYS.
FASHION_SHA256 = {
    "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def load_mnist(data_dir: str | Path | None = None) -> Dataset:
    """Load MNIST from `mnist.npz`: 60,000 + 10,000 images of 28x28, uint8.

    Args:
        data_dir: Folder to search first.

    Raises:
        DataError: MNIST cannot be found or downloaded, or the arrays differ from it.
    """
    path = find_or_download(
        "mnist.npz", SOURCE + "mnist.npz", MNIST_ARCHIVE_SHA256, data_dir
    )
    arrays = read_arrays(path, ARRAYS)
    _check_mnist(path, arrays)
    return _dataset("mnist", tuple("0123456789"), *arrays.values())


def load_fashion_mnist(data_dir: str | Path | None = None) -> Dataset:
    """Load Fashion-MNIST from `fashion-mnist/*.gz`: 60,000 + 10,000 images of 28x28.

    Args:
        data_dir: Folder to search first.

    Raises:
        DataError: A file cannot be found or downloaded, or is damaged.
    """
    arrays = []
    for name, sha256 in FASHION_SHA256.items():
        path = find_or_download(
            f"fashion-mnist/{name}", SOURCE + name, sha256, data_dir
        )
        check_sha256(path, sha256)
        arrays.append(_read_idx(path))
    return _dataset("fashion_mnist", FASHION_CLASSES, *arrays)


def _dataset(
    name: str,
    class_names: tuple[str, ...],
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
) -> Dataset:
    return Dataset(name, Images(x_train, y_train), Images(x_test, y_test), class_names)


def _check_mnist(path: Path, arrays: dict[str, np.ndarray]) -> None:
    missing = [key for key in ARRAYS if key not in arrays]
    digest = hashlib.sha256()
    for array in arrays.values():
        digest.update(np.ascontiguousarray(array).data)
    if missing or digest.hexdigest() != MNIST_ARRAYS_SHA256:
        found = f"it lacks {', '.join(missing)}" if missing else "its arrays differ"
        raise DataError(
            f"{path} is not MNIST: {found}. Expected the original {', '.join(ARRAYS)}. "
            "Delete it, or replace it with a complete copy. To use it as it is, pass "
            "its path as the data set."
        )


def _read_idx(path: Path) -> np.ndarray:
    # The checksum is verified: skip the header, 16 bytes for images, 8 for labels.
    with gzip.open(path) as file:
        content = np.frombuffer(file.read(), np.uint8)
    return content[16:].reshape(-1, 28, 28) if "images" in path.name else content[8:]
