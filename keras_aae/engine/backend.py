"""The engine of the current Keras backend.

An engine is a module with these members:

- `gradients(model, objective, variables)` -> (loss, terms, gradients);
- `input_gradient(model, function, x, create_graph=False)` -> the gradient of a scalar
  function by the images x: a constant, or with `create_graph` differentiable;
- `Steps`: the `train_step` and `test_step` that `fit` and `evaluate` of Keras call;
- `compile_chunk(model, step, execution)` -> run(block, count): `count` steps over a
  block of shape (steps, batch, ...), updating the model's state in place;
- `compile_map(model, function)` -> a function of arrays, compiled for inference;
- `choose_execution(model)` -> the fastest way to run chunks: "xla" (one XLA program per
  chunk), "graph" (one graph per chunk, without XLA) or "steps" (one call per step);
- `describe_device()` -> a description of the device.
"""

from typing import TYPE_CHECKING

import keras

# All engines have the same interface; type checkers read this one.
if TYPE_CHECKING or keras.backend.backend() == "tensorflow":
    from keras_aae.engine import tensorflow as engine
elif keras.backend.backend() == "jax":
    from keras_aae.engine import jax as engine
elif keras.backend.backend() == "torch":
    from keras_aae.engine import torch as engine
else:
    raise ImportError(
        f"Unsupported Keras backend {keras.backend.backend()!r}. Expected tensorflow, "
        "jax or torch. Set KERAS_BACKEND to one of them."
    )

__all__ = ["engine"]
