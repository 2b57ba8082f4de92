"""PyTorch engine: eager steps with autograd.

Steps run without a gradient graph; only `gradients` and `input_gradient` record one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from keras import ops, tree

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

if TYPE_CHECKING:
    from keras_aae.engine.phases import PhasedModel


def gradients(
    model: "PhasedModel", objective: Objective, variables: Variables
) -> tuple[Tensor, Terms, list[Tensor]]:
    """Return the value of the objective, its terms and its gradients by `variables`."""
    del model
    tensors = [v.value for v in variables]
    with torch.enable_grad():
        loss, terms = objective()
        grads = torch.autograd.grad(loss, tensors, materialize_grads=True)
    return loss.detach(), {name: term.detach() for name, term in terms.items()}, grads


def input_gradient(
    model: "PhasedModel", function: Function, x: Tensor, create_graph: bool = False
) -> Tensor:
    """Return the gradient of a scalar function at x, without changing the model.

    With `create_graph` the gradient can be differentiated, otherwise it is a constant.
    """
    create_graph = create_graph and torch.is_grad_enabled()
    before = [(v, v.value.detach().clone()) for v in model.non_trainable_variables]
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(function(x), x, create_graph=create_graph)
    for variable, state in before:
        variable.assign(state)
    return gradient


class Steps:
    """Steps of `fit` and `evaluate`."""

    @torch.no_grad()
    def train_step(self: Any, data: Any) -> Any:
        """Run one training step of every phase."""
        return self.training_step(self.split(data))

    @torch.no_grad()
    def test_step(self: Any, data: Any) -> Any:
        """Compute the terms of a step without an update."""
        return self.testing_step(self.split(data))


def compile_chunk(
    model: "PhasedModel", step: Step, execution: str
) -> Callable[[Block, int], None]:
    """Return a function run(block, count) of `count` steps; see `engine.backend`."""

    @torch.no_grad()
    def run(block: Block, count: int) -> None:
        block = map_block(ops.convert_to_tensor, block)
        for i in range(count):
            step(batches_at(block, i))

    return run


def compile_map(
    model: "PhasedModel", function: Callable[..., Any]
) -> Callable[..., Any]:
    """Return `function` of arrays, run without a gradient graph."""

    @torch.no_grad()
    def run(*arrays: np.ndarray) -> Any:
        outputs = function(*(ops.convert_to_tensor(a) for a in arrays))
        return tree.map_structure(ops.convert_to_numpy, outputs)

    return run


def choose_execution(model: "PhasedModel") -> str:
    """Return "steps": PyTorch runs eagerly."""
    return "steps"


def describe_device() -> str:
    """Return a description of the device, or of the number of CPU threads."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"CPU, {torch.get_num_threads()} threads"
