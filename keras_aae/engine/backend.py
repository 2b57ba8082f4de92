"""The engine of the Keras backend in use; the one place that chooses.

An engine is a module with

- `gradients(model, objective, variables)` -> (loss, terms, gradients);
- `input_gradient(model, function, x, create_graph=False)` -> that of a scalar function
  of images, a constant, or with `create_graph` itself a function of the weights;
- `Steps`, the `train_step` and `test_step` that stock `fit` and `evaluate` call;
- `compile_chunk(model, step, execution)` -> run(block, count): `count` steps over a
  block of shape (steps, batch, ...), updating the model's state in place;
- `compile_map(model, function)` -> the function of arrays, compiled for inference;
- `choose_execution(model)` -> how chunks run best here: "xla" (the whole chunk in one
  XLA program), "graph" (in one graph without XLA) or "steps" (one step a call);
- `describe_device()` -> the device in words.
"""

from typing import TYPE_CHECKING

import keras

# To a type checker all engines are as this one.
if TYPE_CHECKING or keras.backend.backend() == "tensorflow":
    from keras_aae.engine import tensorflow as engine
elif keras.backend.backend() == "jax":
    from keras_aae.engine import jax as engine
elif keras.backend.backend() == "torch":
    from keras_aae.engine import torch as engine
else:
    raise ImportError(
        f"keras_aae runs on the Keras backends tensorflow, jax and torch, not on "
        f"{keras.backend.backend()!r}. Set KERAS_BACKEND to one of these."
    )

__all__ = ["engine"]
