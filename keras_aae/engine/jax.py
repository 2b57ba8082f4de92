"""JAX engine: steps in stateless scopes, and one compiled loop per chunk of steps."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import keras
import numpy as np
from jax import lax
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
)
from keras_aae.engine.networks import has_convolutions

if TYPE_CHECKING:
    from keras_aae.engine.phases import PhasedModel

Values = list[Tensor]
State = tuple[Values, ...]


def state(model: "PhasedModel") -> Variables:
    """Return every variable that a step may read or write."""
    optimizer: Variables = model.optimizer.variables if model.optimizer else []
    return [*model.variables, *optimizer, *model.metrics_variables]


def gradients(
    model: "PhasedModel", objective: Objective, variables: Variables
) -> tuple[Tensor, Terms, list[Tensor]]:
    """Return the value of the objective, its terms and its gradients by `variables`."""
    trained = {id(v) for v in variables}
    others = [v for v in state(model) if id(v) not in trained]
    kept = [(v, v.value) for v in others]

    def loss_of(values: Values) -> tuple[Tensor, tuple[Terms, Values]]:
        mapping = [*zip(variables, values, strict=True), *kept]
        with keras.StatelessScope(mapping) as scope:
            loss, terms = objective()
        return loss, (terms, [scope.get_current_value(v) for v in others])

    values = [v.value for v in variables]
    (loss, (terms, updates)), grads = jax.value_and_grad(loss_of, has_aux=True)(values)
    # The objective also updates seeds and moving averages: copy them out of the scope.
    for variable, value in zip(others, updates, strict=True):
        variable.assign(value)
    return loss, terms, grads


def input_gradient(
    model: "PhasedModel", function: Function, x: Tensor, create_graph: bool = False
) -> Tensor:
    """Return the gradient of a scalar function at x, without changing the model.

    With `create_graph` the gradient can be differentiated, otherwise it is a constant.
    """
    gradient = _input_gradient(model, function, x)
    return gradient if create_graph else lax.stop_gradient(gradient)


def _input_gradient(model: "PhasedModel", function: Function, x: Tensor) -> Tensor:
    mapping = [(v, v.value) for v in state(model)]

    def stateless(x: Tensor) -> Tensor:
        with keras.StatelessScope(mapping):
            return function(x)

    return jax.grad(stateless)(x)


def _stateless(
    model: "PhasedModel", step: Step
) -> Callable[[Values, Block], tuple[Any, Values]]:
    """Return `step` as a pure function (values, data) -> (logs, new values)."""
    variables = state(model)

    def pure(values: Values, data: Block) -> tuple[Any, Values]:
        with keras.StatelessScope(list(zip(variables, values, strict=True))) as scope:
            logs = step(data)
        return logs, [scope.get_current_value(v) for v in variables]

    return pure


class Steps:
    """Steps of `fit` and `evaluate`, as pure functions for the JAX trainer of Keras."""

    def train_step(self: Any, state: State, data: Any) -> tuple[Terms, State]:
        """Run one training step of every phase."""
        return self._pure_step(self.training_step, state, data)

    def test_step(self: Any, state: State, data: Any) -> tuple[Terms, State]:
        """Compute the terms of a step without an update."""
        return self._pure_step(self.testing_step, state, data)

    def _pure_step(
        self: Any, step: Step, state: State, data: Any
    ) -> tuple[Terms, State]:
        groups = [
            self.trainable_variables,
            self.non_trainable_variables,
            *([self.optimizer.variables] if len(state) == 4 else []),
            self.metrics_variables,
        ]
        variables = [v for group in groups for v in group]
        values = [value for group in state for value in group]
        with keras.StatelessScope(list(zip(variables, values, strict=True))) as scope:
            logs = step(self.split(data))
        new_state = tuple([scope.get_current_value(v) for v in g] for g in groups)
        return logs, new_state


def compile_chunk(
    model: "PhasedModel", step: Step, execution: str
) -> Callable[[Block, int], None]:
    """Return a function run(block, count) of `count` steps; see `engine.backend`."""
    variables = state(model)
    pure = _stateless(model, step)

    def one(i: Any, values: Values, block: Block) -> Values:
        return pure(values, batches_at(block, i))[1]

    @jax.jit
    def chunk(values: Values, block: Block, count: Tensor) -> Values:
        return lax.fori_loop(0, count, lambda i, v: one(i, v, block), values)

    single = jax.jit(lambda values, data: pure(values, data)[1])

    def run(block: Block, count: int) -> None:
        values = [v.value for v in variables]
        if execution == "xla":
            values = chunk(values, block, count)
        else:
            for i in range(count):
                values = single(values, batches_at(block, i))
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    return run


def compile_map(
    model: "PhasedModel", function: Callable[..., Any]
) -> Callable[..., Any]:
    """Return `function` of arrays, compiled for row counts that are powers of two."""
    variables = model.variables

    @jax.jit
    def compiled(values: Values, *arrays: Tensor) -> Any:
        with keras.StatelessScope(list(zip(variables, values, strict=True))):
            return function(*arrays)

    def run(*arrays: np.ndarray) -> Any:
        rows = len(arrays[0])
        padding = (1 << max(rows - 1, 0).bit_length()) - rows
        padded = [np.pad(a, [(0, padding)] + [(0, 0)] * (a.ndim - 1)) for a in arrays]
        outputs = jax.device_get(compiled([v.value for v in variables], *padded))
        return tree.map_structure(lambda array: array[:rows], outputs)

    return run


def choose_execution(model: "PhasedModel") -> str:
    """Return "xla", or "steps" for convolutions on a CPU, where loops are slow."""
    on_cpu = jax.default_backend() == "cpu"
    return "steps" if on_cpu and has_convolutions(model) else "xla"


def describe_device() -> str:
    """Return a description of the devices."""
    return f"{jax.device_count()} {jax.devices()[0].device_kind}"
