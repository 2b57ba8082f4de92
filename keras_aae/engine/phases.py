"""Training phases, and the model that runs them in order."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import Tensor
from keras_aae.engine.backend import engine
from keras_aae.engine.batch import Batch, Block, Terms, Variables
from keras_aae.engine.optimizers import OptimizerGroup
from keras_aae.errors import KerasAAEError


@dataclass(frozen=True)
class Phase:
    """One objective and the networks that it trains.

    Args:
        name: Name of the phase and its optimizer; phases of one name share it.
        objective: Function (batch, training) -> (scalar to minimize, dict of terms).
        networks: Keras models or layers whose weights this phase updates.
        batch: Name of its batch, one of the model's `batches`; None is the first.
    """

    name: str
    objective: Callable[..., tuple[Tensor, Terms]]
    networks: tuple[keras.Layer, ...]
    batch: str | None = None

    @property
    def variables(self) -> Variables:
        """Trainable variables of the networks, each once."""
        found = {id(v): v for n in self.networks for v in n.trainable_variables}
        return list(found.values())

    def loss(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """Compute the objective plus the weight penalties, and the terms."""
        loss, terms = self.objective(batch, training=training)
        penalties = [v.regularizer(v) for v in self.variables if v.regularizer]
        return loss + sum(penalties), terms


class PhasedModel(engine.Steps, keras.Model):
    """A model trained by an ordered list of phases.

    A family defines `phases()` and declares the terms of their objectives in `terms`. A
    step runs the phases in order, each with the weights updated by the previous ones.
    Besides the terms, the model tracks `loss`, the sum of the minimized scalars.

    Class attributes:
        terms: Names of the terms; terms named nll, kl or elbo are in nats per example.
        maximized: Names of the terms, and of columns of `diagnostics`, that are better
            when higher; all others are better when lower.
        batches: Names of the batches in a step. The training images are split among
            them; a batch named "labeled" is drawn from the labeled images instead.
        pixel_noise: True if a step draws a random number for every pixel.
        diagnostic_images: Number of training images for `diagnostics`.
        label_classes: Maximum number of classes; None if labels are not used.
        needs_all_labels: True if every training image needs a label.
        labeled_only: True if the model trains on the labeled images alone.
        uses_labels: True if the model learns to classify images from their labels.
        decodes_classes: True if `decode` takes the class of each image with its code.
        components_are_classes: True if component k of the prior stands for class k.
        discriminates_images: True if `discriminate` takes images instead of codes.
    """

    terms: tuple[str, ...] = ()
    maximized: tuple[str, ...] = ()
    batches: tuple[str, ...] = ("images",)
    pixel_noise: bool = False
    diagnostic_images: int = 0
    label_classes: int | None = None
    needs_all_labels: bool = False
    labeled_only: bool = False
    uses_labels: bool = False
    decodes_classes: bool = False
    components_are_classes: bool = False
    discriminates_images: bool = False

    def __init__(
        self, *, seed: int = 0, terms: tuple[str, ...] | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.terms = type(self).terms if terms is None else tuple(terms)
        self.optimizer: Any = None
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.steps_done = self.add_weight(
            shape=(), dtype="int32", initializer="zeros", trainable=False, name="steps"
        )
        self.trackers = {n: keras.metrics.Mean(name=n) for n in ("loss", *self.terms)}

    def phases(self) -> list[Phase]:
        """Return the phases in the order of a step."""
        raise NotImplementedError

    def compile(
        self,
        optimizer: str | keras.optimizers.Optimizer | dict[str, Any] = "adam",
        jit_compile: bool | str = "auto",
        **kwargs: Any,
    ) -> None:
        """Configure the model for training.

        Args:
            optimizer: Keras optimizer or its name, copied for each phase, or a dict
                with one for each phase.
            jit_compile: Compilation by XLA, as in Keras; never saved with the model.
            **kwargs: Further arguments of Keras: `run_eagerly`, `steps_per_execution`.
        """
        group = OptimizerGroup.for_phases(optimizer, self.phases())
        super().compile(group, jit_compile=jit_compile, auto_scale_loss=False, **kwargs)
        group.build_groups({phase.name: phase.variables for phase in self.phases()})

    def get_compile_config(self) -> dict[str, Any]:
        """Return the optimizers; compilation settings depend on the machine."""
        if not self.compiled:
            return {}
        return {"optimizer": keras.saving.serialize_keras_object(self.optimizer)}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with the saved optimizers and build them to load their state."""
        self.compile(keras.saving.deserialize_keras_object(config["optimizer"]))

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """Trackers of the loss and of every term."""
        return list(self.trackers.values())

    def training_step(self, batches: dict[str, Batch]) -> dict[str, Any]:
        """Run every phase once, in order, and return the means of the trackers."""
        losses = []
        for phase in self.phases():
            batch = self.batch_of(phase, batches)
            loss, terms, gradients = engine.gradients(
                self,
                partial(phase.loss, batch, training=True),
                phase.variables,
            )
            self.optimizer[phase.name].apply(gradients, phase.variables)
            losses.append(loss)
            self._track(terms, batch)
        self.steps_done.assign(self.steps_done + 1)
        return self._finish(losses, batch)

    def testing_step(self, batches: dict[str, Batch]) -> dict[str, Any]:
        """Compute the terms of every phase without an update."""
        losses = []
        # A phase that runs twice in a step is measured once.
        for phase in {(p.name, p.objective): p for p in self.phases()}.values():
            batch = self.batch_of(phase, batches)
            loss, terms = phase.loss(batch, training=False)
            losses.append(loss)
            self._track(terms, batch)
        return self._finish(losses, batch)

    def split(self, data: Any) -> dict[str, Batch]:
        """Split the rows of a batch of `fit` among the batches of the model."""
        x, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        count = len(self.batches)
        rows = ops.shape(x)[0] // count
        parts = [slice(i * rows, (i + 1) * rows) for i in range(count)]
        return {
            name: Batch(x[part], None if labels is None else labels[part])
            for name, part in zip(self.batches, parts, strict=True)
        }

    def weight(self, value: Any) -> Tensor | float:
        """Return the current value of a weight: a number, or a schedule by steps."""
        if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
            return ops.cast(value(self.steps_done), keras.config.floatx())
        return value

    def batch_of(self, phase: Phase, batches: Block) -> Batch:
        """Return the batch of a phase, with images as floats."""
        x, labels = batches[phase.batch or self.batches[0]]
        return Batch(as_tensor_images(x), labels)

    def _track(self, terms: Terms, batch: Batch) -> None:
        for name, term in terms.items():
            if name not in self.trackers:
                raise KerasAAEError(
                    f"{type(self).__name__} computes an undeclared term {name!r}. Add "
                    f"{name!r} to its class attribute `terms`."
                )
            self.trackers[name].update_state(term, sample_weight=ops.shape(batch.x)[0])

    def _finish(self, losses: list[Tensor], batch: Batch) -> Terms:
        self._track({"loss": sum(losses)}, batch)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def diagnostics(self, x: np.ndarray) -> dict[str, float]:
        """Compute further history columns after an epoch; none by default."""
        return {}

    def warnings_from(self, row: dict[str, Any]) -> dict[str, str]:
        """Return warnings about a history row, by kind; none by default."""
        return {}

    def higher_is_better(self, column: str) -> bool:
        """Return whether a history column is maximized, with or without val_."""
        return column.removeprefix("val_") in self.maximized

    @property
    def seed_states(self) -> Variables:
        """Variables of all random generators, including those of layers."""
        weights = {id(v) for v in self.weights}
        return [v for v in self.variables if id(v) not in weights]

    def save_own_variables(self, store: Any) -> None:
        """Save the variables and the states of all random generators."""
        super().save_own_variables(store)
        for i, state in enumerate(self.seed_states):
            store[f"seed_{i}"] = keras.ops.convert_to_numpy(state)

    def load_own_variables(self, store: Any) -> None:
        """Load the variables and the states of all random generators."""
        seeds = self.seed_states
        missing = [f"seed_{i}" for i in range(len(seeds)) if f"seed_{i}" not in store]
        if missing:
            raise KerasAAEError(
                f"The file has no random state {missing[0]!r}. Expected the states of "
                f"{len(seeds)} generators. Load it with the version that wrote it."
            )
        for i, state in enumerate(seeds):
            state.assign(store[f"seed_{i}"])
        super().load_own_variables(
            {k: store[k] for k in store.keys() if not k.startswith("seed_")}
        )


def as_tensor_images(x: Any) -> Tensor:
    """Convert images of any accepted form to floats in [0, 1], (batch, H, W, C)."""
    scale = 1.0 / 255.0 if keras.backend.standardize_dtype(x.dtype) == "uint8" else None
    x = ops.cast(x, keras.config.floatx())
    x = x * scale if scale else x
    return ops.expand_dims(x, -1) if len(x.shape) == 3 else x
