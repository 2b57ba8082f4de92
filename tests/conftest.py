"""One engine a test process, chosen by KERAS_BACKEND; quiet and offline."""

import os
import shutil
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# XLA compiles the same small programs again and again for JAX; keep them.
os.environ.setdefault(
    "JAX_COMPILATION_CACHE_DIR",
    str(Path(__file__).parents[1] / ".pytest_cache" / "jax"),
)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

import numpy as np
import pytest


@pytest.fixture(scope="session")
def toy_images():
    """70 gray images of 8x8: bright squares, whose corner is their class."""
    rng = np.random.default_rng(0)
    labels = np.arange(70) % 4
    x = rng.integers(0, 40, (70, 8, 8, 1))
    for image, label in zip(x, labels, strict=True):
        row, column = divmod(int(label), 2)
        image[4 * row : 4 * row + 4, 4 * column : 4 * column + 4] += 200
    return x.astype("uint8"), labels


@pytest.fixture(scope="session")
def toy_file(tmp_path_factory, toy_images):
    """The same as a file for all, not to be changed: 56 to train and 14 to test."""
    x, y = toy_images
    path = tmp_path_factory.mktemp("toy") / "toy.npz"
    np.savez(path, x_train=x[:56], y_train=y[:56], x_test=x[56:], y_test=y[56:])
    return path


@pytest.fixture
def toy_npz(tmp_path, toy_file):
    """A copy of it for one test."""
    return Path(shutil.copy(toy_file, tmp_path))


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data sets, where there is one."""
    folder = os.environ.get("KERAS_AAE_DATA")
    if not folder:
        pytest.skip(
            "set KERAS_AAE_DATA to a folder of data sets, for example mnist.npz"
        )
    return folder


def pytest_collection_modifyitems(items):
    # A long test that comes last keeps one process waiting for the other.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
