"""Labeled Faces in the Wild, one face per person, from scikit-learn's files.

References:
    Labeled Faces in the Wild (Huang, Ramesh, Berg, Learned-Miller, 2007)
    http://vis-www.cs.umass.edu/lfw/lfw.pdf
    Unsupervised Joint Alignment of Complex Images (Huang, Jain, Learned-Miller, 2007),
    for the funneled images
    https://vis-www.cs.umass.edu/papers/iccv07alignment.pdf
"""

import os
import sys
from pathlib import Path

from keras_aae.data.dataset import Dataset, split_test
from keras_aae.data.fetching import (
    as_path,
    find,
    network_timeout,
    not_found,
    search_folders,
)
from keras_aae.data.folder import entries_of, pictures_in
from keras_aae.data.images import Images
from keras_aae.data.pictures import check_channels, check_size, read_pictures
from keras_aae.errors import DataError

FOLDER = "lfw_home/lfw_funneled"
PEOPLE = 5749
# The middle 160 of 250 pixels per side show the whole head and little background.
MIDDLE = 160 / 250


def load_lfw(
    data_dir: str | Path | None = None,
    image_size: int | tuple[int, int] = 64,
    channels: int = 3,
) -> Dataset:
    """Load the first face of each of 5,749 people: 5,174 + 575 images, uint8.

    The center 160x160 of the 250x250 pixels is resized. A tenth of the people, always
    the same, are the test part, so nobody is in both parts. There are no labels.

    Searches `data_dir`, the folder named by KERAS_AAE_DATA, Keras' cache and
    scikit-learn's data home (SCIKIT_LEARN_DATA or ~/scikit_learn_data) for the folder
    `lfw_home/lfw_funneled`. If there is none, scikit-learn downloads it into the last.

    Args:
        data_dir: Folder to search first.
        image_size: Side or (H, W) to which all images are resized.
        channels: Number of channels: 1 for gray, 3 for color.

    Raises:
        DataError: The data set cannot be found or downloaded, people are missing, or an
            image is unreadable.
    """
    size = check_size(image_size)
    check_channels(channels)
    files = _first_of_each(_find_or_download(data_dir))
    train, test = split_test(Images(read_pictures(files, size, channels, MIDDLE)))
    return Dataset("lfw", train, test)


def _find_or_download(data_dir: str | Path | None) -> Path:
    home = as_path(os.environ.get("SCIKIT_LEARN_DATA") or "~/scikit_learn_data")
    folders = [*search_folders(data_dir), home]
    found = find(FOLDER, folders)
    if found is not None:
        return found
    try:
        _download(home)
    # Networks, disks and archives raise errors of many kinds.
    except Exception as error:
        raise not_found(FOLDER, folders, error) from None
    return home / FOLDER


def _download(home: Path) -> None:
    import sklearn.datasets  # slow import, and a download is rare

    sys.stderr.write(f"Downloading {FOLDER} (240 MB) into {home} ...\n")
    with network_timeout():
        # This also loads faces and caches them: with 500, those of one person only.
        sklearn.datasets.fetch_lfw_people(data_home=str(home), min_faces_per_person=500)


def _first_of_each(folder: Path) -> list[Path]:
    people = [pictures_in(entry) for entry in entries_of(folder) if entry.is_dir()]
    files = [pictures[0] for pictures in people if pictures]
    if len(files) != PEOPLE:
        raise DataError(
            f"{folder} holds the faces of {len(files):,} people. Expected {PEOPLE:,}, "
            "with one sub-folder of images each. Delete it, or replace it with a "
            "complete copy."
        )
    return files
