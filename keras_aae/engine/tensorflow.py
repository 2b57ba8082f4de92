"""TensorFlow engine: gradient tapes, and one compiled loop per chunk of steps."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from keras import tree

from keras_aae.checks import Tensor
from keras_aae.engine.batch import (
    Block,
    Function,
    Objective,
    Step,
    Terms,
    Variables,
    batches_at,
    map_block,
)
from keras_aae.engine.networks import has_convolutions, has_noise

if TYPE_CHECKING:
    from keras_aae.engine.phases import PhasedModel


def gradients(
    model: "PhasedModel", objective: Objective, variables: Variables
) -> tuple[Tensor, Terms, list[Tensor]]:
    """Return the value of the objective, its terms and its gradients by `variables`."""
    del model
    tensors = [v.value for v in variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(tensors)
        loss, terms = objective()
    return loss, terms, tape.gradient(loss, tensors, unconnected_gradients="zero")


def input_gradient(
    model: "PhasedModel", function: Function, x: Tensor, create_graph: bool = False
) -> Tensor:
    """Return the gradient of a scalar function at x, without changing the model.

    With `create_graph` the gradient can be differentiated, otherwise it is a constant.
    """
    gradient = _input_gradient(model, function, x)
    return gradient if create_graph else tf.stop_gradient(gradient)


def _input_gradient(model: "PhasedModel", function: Function, x: Tensor) -> Tensor:
    before = [(v, tf.identity(v.value)) for v in model.non_trainable_variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        value = function(x)
    gradient = tape.gradient(value, x, unconnected_gradients="zero")
    for variable, state in before:
        variable.assign(state)
    return gradient


class Steps:
    """Steps of `fit` and `evaluate`."""

    def train_step(self: Any, data: Any) -> Any:
        """Run one training step of every phase."""
        return self.training_step(self.split(data))

    def test_step(self: Any, data: Any) -> Any:
        """Compute the terms of a step without an update."""
        return self.testing_step(self.split(data))


def compile_chunk(
    model: "PhasedModel", step: Step, execution: str
) -> Callable[[Block, int], None]:
    """Return a function run(block, count) of `count` steps; see `engine.backend`."""

    @tf.function(jit_compile=execution == "xla", autograph=False)
    def chunk(block: Block, count: Tensor) -> None:
        def body(i: Any) -> Any:
            step(batches_at(block, i))
            return i + 1

        start = tf.constant(0)
        tf.while_loop(lambda i: i < count, body, [start], parallel_iterations=1)

    single = tf.function(step, autograph=False)

    def run(block: Block, count: int) -> None:
        block = map_block(tf.convert_to_tensor, block)
        if execution != "steps":
            chunk(block, tf.constant(count))
            return
        for i in range(count):
            single(batches_at(block, i))

    return run


def compile_map(
    model: "PhasedModel", function: Callable[..., Any]
) -> Callable[..., Any]:
    """Return `function` of arrays, compiled once for any number of rows."""
    traced = {}

    def run(*arrays: np.ndarray) -> Any:
        specs = tuple(tf.TensorSpec([None, *a.shape[1:]], a.dtype) for a in arrays)
        if specs not in traced:
            graph = tf.function(function, autograph=False)
            traced[specs] = graph.get_concrete_function(*specs)
        outputs = traced[specs](*(tf.convert_to_tensor(a) for a in arrays))
        return tree.map_structure(lambda tensor: tensor.numpy(), outputs)

    return run


def choose_execution(model: "PhasedModel") -> str:
    """Return "xla", or "graph" on a CPU where XLA is about ten times slower.

    This concerns convolutions, and random numbers for every pixel or unit.
    """
    on_cpu = not tf.config.list_physical_devices("GPU")
    slow = has_convolutions(model) or has_noise(model) or model.pixel_noise
    return "graph" if on_cpu and slow else "xla"


def describe_device() -> str:
    """Return a description of the device and its number of threads."""
    gpus = tf.config.list_physical_devices("GPU")
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    return f"{len(gpus)} GPU" if gpus else f"CPU, {threads or 'all'} threads"
