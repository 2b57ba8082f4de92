"""The training core: phases to compiled steps, on TensorFlow, JAX or PyTorch."""

from keras_aae.engine.autoencoding import AutoencodingModel
from keras_aae.engine.batch import Batch
from keras_aae.engine.class_decoding import ClassDecodingModel
from keras_aae.engine.classifying import ClassifyingModel
from keras_aae.engine.feed import Feed
from keras_aae.engine.generating import GeneratingModel
from keras_aae.engine.imaging import ImageModel
from keras_aae.engine.optimizers import OptimizerGroup
from keras_aae.engine.phases import Phase, PhasedModel

__all__ = [
    "AutoencodingModel",
    "Batch",
    "ClassDecodingModel",
    "ClassifyingModel",
    "Feed",
    "ImageModel",
    "GeneratingModel",
    "OptimizerGroup",
    "Phase",
    "PhasedModel",
]
