"""Test configuration: one engine per process, set by KERAS_BACKEND; no network."""

import os
import shutil
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Cache compiled programs, because JAX compiles the same small ones repeatedly.
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
    """Return 70 gray images of 8x8: bright squares in the corner of their class."""
    rng = np.random.default_rng(0)
    labels = np.arange(70) % 4
    x = rng.integers(0, 40, (70, 8, 8, 1))
    for image, label in zip(x, labels, strict=True):
        row, column = divmod(int(label), 2)
        image[4 * row : 4 * row + 4, 4 * column : 4 * column + 4] += 200
    return x.astype("uint8"), labels


@pytest.fixture(scope="session")
def toy_file(tmp_path_factory, toy_images):
    """Write the images to a shared read-only file: 56 for training, 14 for testing."""
    x, y = toy_images
    path = tmp_path_factory.mktemp("toy") / "toy.npz"
    np.savez(path, x_train=x[:56], y_train=y[:56], x_test=x[56:], y_test=y[56:])
    return path


@pytest.fixture
def toy_npz(tmp_path, toy_file):
    """Copy the file for one test."""
    return Path(shutil.copy(toy_file, tmp_path))


@pytest.fixture(scope="session")
def real_data():
    """Return the folder of real data sets, or skip the test."""
    folder = os.environ.get("KERAS_AAE_DATA")
    if not folder:
        pytest.skip(
            "set KERAS_AAE_DATA to a folder of data sets, for example mnist.npz"
        )
    return folder


def pytest_collection_modifyitems(items):
    # Run long tests first, so that no process waits for one at the end.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
