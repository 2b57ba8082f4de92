"""JAX: stateless scopes around stateful steps, one compiled loop for a chunk of steps."""

import jax
import keras
import numpy as np
from jax import lax
from keras import tree

from keras_aae.engine.batch import map_block
from keras_aae.engine.networks import has_convolutions


def state(model) -> list:
    """Every variable that a step may read or write."""
    optimizer = model.optimizer.variables if model.optimizer else []
    return [*model.variables, *optimizer, *model.metrics_variables]


def gradients(model, objective, variables):
    """The objective's value, its terms, and its gradients for `variables`."""
    trained = {id(v) for v in variables}
    others = [v for v in state(model) if id(v) not in trained]
    kept = [(v, v.value) for v in others]

    def loss_of(values):
        mapping = [*zip(variables, values, strict=True), *kept]
        with keras.StatelessScope(mapping) as scope:
            loss, terms = objective()
        return loss, (terms, [scope.get_current_value(v) for v in others])

    values = [v.value for v in variables]
    (loss, (terms, updates)), grads = jax.value_and_grad(loss_of, has_aux=True)(values)
    # The objective also moves seeds and moving averages: carry them out of the scope.
    for variable, value in zip(others, updates, strict=True):
        variable.assign(value)
    return loss, terms, grads


def input_gradient(model, function, x):
    """The gradient of a scalar function at x, a constant; the model's state stays."""
    return lax.stop_gradient(input_slope(model, function, x))


def input_slope(model, function, x):
    """The gradient of a scalar function at x, to be differentiated; the state stays."""
    mapping = [(v, v.value) for v in state(model)]

    def stateless(x):
        with keras.StatelessScope(mapping):
            return function(x)

    return jax.grad(stateless)(x)


def _stateless(model, step):
    """`step(data)` as a pure function (values, data) -> (logs, new values)."""
    variables = state(model)

    def pure(values, data):
        with keras.StatelessScope(list(zip(variables, values, strict=True))) as scope:
            logs = step(data)
        return logs, [scope.get_current_value(v) for v in variables]

    return pure


class Steps:
    """The steps of stock `fit` and `evaluate`, pure as Keras' JAX trainer wants them."""

    def train_step(self, state, data):
        """One step of every phase."""
        return self._pure_step(self.training_step, state, data)

    def test_step(self, state, data):
        """The same terms without an update."""
        return self._pure_step(self.testing_step, state, data)

    def _pure_step(self, step, state, data):
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


def compile_chunk(model, step, execution):
    """A function run(block, count) of `count` steps; see `engine.backend`."""
    variables = state(model)
    pure = _stateless(model, step)

    def one(i, values, block):
        return pure(values, map_block(lambda rows: rows[i], block))[1]

    @jax.jit
    def chunk(values, block, count):
        return lax.fori_loop(0, count, lambda i, v: one(i, v, block), values)

    single = jax.jit(lambda values, data: pure(values, data)[1])

    def run(block, count):
        values = [v.value for v in variables]
        if execution == "xla":
            values = chunk(values, block, count)
        else:
            for i in range(count):
                values = single(values, map_block(lambda rows, i=i: rows[i], block))
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    return run


def compile_map(model, function):
    """`function` of arrays, compiled for few numbers of rows: powers of two."""
    variables = model.variables

    @jax.jit
    def compiled(values, *arrays):
        with keras.StatelessScope(list(zip(variables, values, strict=True))):
            return function(*arrays)

    def run(*arrays):
        rows = len(arrays[0])
        padding = (1 << max(rows - 1, 0).bit_length()) - rows
        padded = [np.pad(a, [(0, padding)] + [(0, 0)] * (a.ndim - 1)) for a in arrays]
        outputs = jax.device_get(compiled([v.value for v in variables], *padded))
        return tree.map_structure(lambda array: array[:rows], outputs)

    return run


def choose_execution(model) -> str:
    """One XLA loop, but for convolutions on a CPU, which are slow inside a loop."""
    on_cpu = jax.default_backend() == "cpu"
    return "steps" if on_cpu and has_convolutions(model) else "xla"


def describe_device() -> str:
    """The device that results depend on."""
    return f"{jax.device_count()} {jax.devices()[0].device_kind}"
