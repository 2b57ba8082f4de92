"""Training core: phases and compiled steps on TensorFlow, JAX or PyTorch."""

from keras_aae.engine.batch import Batch
from keras_aae.engine.batch_loader import BatchLoader
from keras_aae.engine.optimizers import OptimizerGroup
from keras_aae.engine.phases import Phase, PhasedModel

__all__ = [
    "Batch",
    "BatchLoader",
    "OptimizerGroup",
    "Phase",
    "PhasedModel",
]
