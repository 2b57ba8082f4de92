"""Data sets of images, split into train and test, with or without labels."""

from keras_aae.data.dataset import Dataset
from keras_aae.data.images import Images
from keras_aae.data.loading import load_dataset, load_resized
from keras_aae.data.splits import stratified_subset

__all__ = ["Dataset", "Images", "load_dataset", "load_resized", "stratified_subset"]
