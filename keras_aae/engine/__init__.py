"""The training core: phases to compiled steps, on TensorFlow, JAX or PyTorch."""

from keras_aae.engine.batch import Batch
from keras_aae.engine.feed import Feed
from keras_aae.engine.optimizers import OptimizerGroup
from keras_aae.engine.phases import Phase, PhasedModel

__all__ = [
    "Batch",
    "Feed",
    "OptimizerGroup",
    "Phase",
    "PhasedModel",
]
