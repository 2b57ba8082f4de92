"""The model families; importing this module registers every class with Keras."""

import warnings
from typing import Any

import keras

from keras_aae.lookup import RENAMED
from keras_aae.models.aae import AAE, WAE, LabeledAAE, SupervisedAAE
from keras_aae.models.autoencoder import (
    Autoencoder,
    ContractiveAutoencoder,
    DenoisingAutoencoder,
    SparseAutoencoder,
)
from keras_aae.models.classifier import Classifier
from keras_aae.models.gan import GAN
from keras_aae.models.reduction_aae import ReductionAAE
from keras_aae.models.semi_supervised_aae import ClusteringAAE, SemiSupervisedAAE
from keras_aae.models.sen import SEN, VariationalSEN
from keras_aae.models.sen_conditional import ClassifyingSEN, DirectedSEN, FeatureSEN
from keras_aae.models.vae import VAE, ConditionalVAE, WideAndDeepVAE

__all__ = [
    "AAE",
    "GAN",
    "SEN",
    "VAE",
    "WAE",
    "Autoencoder",
    "Classifier",
    "ClassifyingSEN",
    "ClusteringAAE",
    "ConditionalVAE",
    "ContractiveAutoencoder",
    "DenoisingAutoencoder",
    "DirectedSEN",
    "FeatureSEN",
    "LabeledAAE",
    "ReductionAAE",
    "SemiSupervisedAAE",
    "SparseAutoencoder",
    "SupervisedAAE",
    "VariationalSEN",
    "WideAndDeepVAE",
]

# Older files name classes by their former names.
for _old, _new in RENAMED["class"].items():
    keras.saving.get_custom_objects()[f"keras_aae>{_old}"] = globals()[_new]


def __getattr__(name: str) -> Any:
    if name in RENAMED["class"]:
        current = RENAMED["class"][name]
        warnings.warn(
            f"{name} is deprecated. Use {current}.", DeprecationWarning, stacklevel=2
        )
        return globals()[current]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
