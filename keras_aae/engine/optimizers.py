"""Group of one optimizer per phase."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import keras

from keras_aae.errors import KerasAAEError

if TYPE_CHECKING:
    from keras_aae.engine.phases import Phase


@keras.saving.register_keras_serializable("keras_aae")
class OptimizerGroup(keras.optimizers.Optimizer):
    """Optimizers of the phases of a model, by phase name.

    The group is the `optimizer` of the model, so `.keras` files save and restore every
    optimizer. `group["regularization"]` returns the one of that phase.

    Args:
        optimizers: Keras optimizers by phase name.
    """

    def __init__(self, optimizers: dict[str, Any], name: str = "optimizers"):
        # The base class requires a learning rate and counts iterations; neither is used
        # or saved.
        super().__init__(learning_rate=0.0, name=name)
        self.optimizers = dict(optimizers)

    @classmethod
    def for_phases(
        cls,
        optimizer: str
        | keras.optimizers.Optimizer
        | Mapping[str, str | keras.optimizers.Optimizer],
        phases: "Iterable[Phase]",
    ) -> "OptimizerGroup":
        """Create a group from an optimizer (copied per phase), name or dict by phase.

        Raises:
            KerasAAEError: the keys of the dict are not the names of the phases.
        """
        names = list(dict.fromkeys(phase.name for phase in phases))
        if isinstance(optimizer, cls):
            optimizer = optimizer.optimizers
        if not isinstance(optimizer, dict):
            optimizer = dict.fromkeys(names, optimizer)
        if set(optimizer) != set(names):
            raise KerasAAEError(
                f"Invalid optimizers for {', '.join(optimizer)}. Expected one for each "
                f"phase: {', '.join(names)}."
            )
        return cls({name: _copy(optimizer[name]) for name in names})

    def __getitem__(self, phase: str) -> keras.optimizers.Optimizer:
        return self.optimizers[phase]

    def build_groups(self, variables: dict[str, Any]) -> None:
        """Create the state of each optimizer for the variables of its phase."""
        for phase, optimizer in self.optimizers.items():
            optimizer.build(variables[phase])
        self.built = True

    @property
    def variables(self) -> list[keras.Variable]:
        """State of all optimizers, in the order of the phases."""
        # The base class reads this before `optimizers` is set.
        optimizers = getattr(self, "optimizers", {})
        return [v for optimizer in optimizers.values() for v in optimizer.variables]

    @property
    def learning_rate(self) -> Any:
        """Learning rate of the only optimizer."""
        return self._only_optimizer().learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> Any:
        self._only_optimizer().learning_rate = value

    def _only_optimizer(self) -> keras.optimizers.Optimizer:
        if len(self.optimizers) > 1:
            raise KerasAAEError(
                "This model has one learning rate per phase. Use "
                "model.optimizer[phase].learning_rate with phase one of "
                f"{', '.join(self.optimizers)}."
            )
        return next(iter(self.optimizers.values()))

    # Keras saves each member optimizer separately.
    def save_own_variables(self, store: Any) -> None:
        """Do nothing, because each optimizer saves itself."""

    def load_own_variables(self, store: Any) -> None:
        """Do nothing, because each optimizer loads itself."""

    def get_config(self) -> dict[str, Any]:
        """Return the serialized optimizers."""
        optimizers = {name: _serialize(v) for name, v in self.optimizers.items()}
        return {"name": self.name, "optimizers": optimizers}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "OptimizerGroup":
        """Create a group from the result of `get_config`."""
        deserialize = keras.saving.deserialize_keras_object
        optimizers = {k: deserialize(v) for k, v in config["optimizers"].items()}
        return cls(optimizers, name=config["name"])


def _copy(optimizer: str | keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    optimizer = keras.optimizers.get(optimizer)
    return type(optimizer).from_config(optimizer.get_config())


def _serialize(optimizer: keras.optimizers.Optimizer) -> dict[str, Any]:
    config = keras.saving.serialize_keras_object(optimizer)
    # On PyTorch, Keras names a private class that other backends lack.
    if config["module"].startswith("keras."):
        config |= {"module": "keras.optimizers", "registered_name": None}
    return config
