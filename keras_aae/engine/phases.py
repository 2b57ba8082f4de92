"""Phases, and the model that runs them in order."""

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
    """One objective, and the networks that it trains.

    Args:
        name: Names the phase's optimizer; phases of one name share it.
        objective: Function (batch, training) -> (scalar to minimize, dict of terms).
        networks: The Keras models or layers whose weights this phase moves.
        batch: Which of the model's `batches` it sees; None is the first.
    """

    name: str
    objective: Callable[..., tuple[Tensor, Terms]]
    networks: tuple[keras.Layer, ...]
    batch: str | None = None

    @property
    def variables(self) -> Variables:
        """The trainable variables of the networks, each once."""
        found = {id(v): v for n in self.networks for v in n.trainable_variables}
        return list(found.values())

    def loss(self, batch: Batch, training: bool) -> tuple[Tensor, Terms]:
        """The objective, plus the penalties that its variables carry, and the terms."""
        loss, terms = self.objective(batch, training=training)
        penalties = [v.regularizer(v) for v in self.variables if v.regularizer]
        return loss + sum(penalties), terms


class PhasedModel(engine.Steps, keras.Model):
    """A model trained by an ordered list of phases.

    A family gives `phases()` and names what its objectives return in `terms`. A step
    runs the phases in order, each on the weights the one before left. Besides the terms,
    `loss` is tracked: the sum of the scalars that the phases minimize.

    Class attributes:
        terms: Names of the terms, nats per example where their name says nll, kl or elbo.
        maximized: Those terms, and columns of `diagnostics`, that are better when higher; all
            others are better when lower.
        batches: Names of the batches that a step consumes. They share the training
            images out among them; a batch named "labeled" is drawn from the labeled
            images instead.
        pixel_noise: Whether a step draws a random number for every pixel.
        diagnostic_images: Training images that `diagnostics` is measured on after every epoch.
        label_classes: How many classes labels may be of; None where they are not used.
        needs_all_labels: Whether an image without a label cannot be learned from, and
            none is to be left out.
        labeled_only: Whether it learns from the labeled images, without all others.
        uses_labels: Whether it learns to name the classes of images from their labels.
        decodes_classes: Whether `decode` takes the class of each image beside its code.
        components_are_classes: Whether the components of its prior stand for the classes
            of the data, by their numbers.
        discriminates_images: Whether `discriminate` judges images, not codes.
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
        """The phases, in the order of a step."""
        raise NotImplementedError

    def compile(
        self,
        optimizer: str | keras.optimizers.Optimizer | dict[str, Any] = "adam",
        jit_compile: bool | str = "auto",
        **kwargs: Any,
    ) -> None:
        """Configure for training.

        Args:
            optimizer: A Keras optimizer or its name (each phase gets a copy), or a dict
                of one for each phase.
            jit_compile: As in Keras; decided anew on every machine, never saved.
            **kwargs: `run_eagerly`, `steps_per_execution`.
        """
        group = OptimizerGroup.for_phases(optimizer, self.phases())
        super().compile(group, jit_compile=jit_compile, auto_scale_loss=False, **kwargs)
        group.build_groups({phase.name: phase.variables for phase in self.phases()})

    def get_compile_config(self) -> dict[str, Any]:
        """The optimizers; how to compile is a matter of the machine."""
        if not self.compiled:
            return {}
        return {"optimizer": keras.saving.serialize_keras_object(self.optimizer)}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with the saved optimizers, built, so that their state can be loaded."""
        self.compile(keras.saving.deserialize_keras_object(config["optimizer"]))

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The trackers of the loss and of every term."""
        return list(self.trackers.values())

    def training_step(self, batches: dict[str, Batch]) -> dict[str, Any]:
        """Run every phase once, in order; return the trackers' means."""
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
        """The terms of every phase without an update."""
        losses = []
        # A phase that a step runs twice is measured once.
        for phase in {(p.name, p.objective): p for p in self.phases()}.values():
            batch = self.batch_of(phase, batches)
            loss, terms = phase.loss(batch, training=False)
            losses.append(loss)
            self._track(terms, batch)
        return self._finish(losses, batch)

    def split(self, data: Any) -> dict[str, Batch]:
        """Share the rows of what stock `fit` passes among the model's batches."""
        x, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        count = len(self.batches)
        rows = ops.shape(x)[0] // count
        parts = [slice(i * rows, (i + 1) * rows) for i in range(count)]
        return {
            name: Batch(x[part], None if labels is None else labels[part])
            for name, part in zip(self.batches, parts, strict=True)
        }

    def weight(self, value: Any) -> Tensor | float:
        """A term's weight now: a number, or a schedule over the steps done."""
        if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
            return ops.cast(value(self.steps_done), keras.config.floatx())
        return value

    def batch_of(self, phase: Phase, batches: Block) -> Batch:
        """The batch that a phase sees, its images as floats."""
        x, labels = batches[phase.batch or self.batches[0]]
        return Batch(as_tensor_images(x), labels)

    def _track(self, terms: Terms, batch: Batch) -> None:
        for name, term in terms.items():
            if name not in self.trackers:
                raise KerasAAEError(
                    f"{type(self).__name__} computes a term {name!r} that it does not "
                    f"declare. Declare {name!r} in its class attribute `terms`."
                )
            self.trackers[name].update_state(term, sample_weight=ops.shape(batch.x)[0])

    def _finish(self, losses: list[Tensor], batch: Batch) -> Terms:
        self._track({"loss": sum(losses)}, batch)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def diagnostics(self, x: np.ndarray) -> dict[str, float]:
        """What else a family has to say of itself after an epoch, for the history."""
        return {}

    def warnings_from(self, row: dict[str, Any]) -> dict[str, str]:
        """What a row of the history says is going wrong: kind -> warning."""
        return {}

    def higher_is_better(self, column: str) -> bool:
        """Return whether a column of the history, of validation or not, is maximized."""
        return column.removeprefix("val_") in self.maximized

    @property
    def seed_states(self) -> Variables:
        """The variables of all random generators, the layers' ones too."""
        weights = {id(v) for v in self.weights}
        return [v for v in self.variables if id(v) not in weights]

    def save_own_variables(self, store: Any) -> None:
        """Also the states of all random generators, which stock Keras leaves out."""
        super().save_own_variables(store)
        for i, state in enumerate(self.seed_states):
            store[f"seed_{i}"] = keras.ops.convert_to_numpy(state)

    def load_own_variables(self, store: Any) -> None:
        """The inverse of `save_own_variables`."""
        seeds = self.seed_states
        missing = [f"seed_{i}" for i in range(len(seeds)) if f"seed_{i}" not in store]
        if missing:
            raise KerasAAEError(
                f"The file holds no random state {missing[0]!r}. Expected the states of "
                f"{len(seeds)} generators; was it written by another version?"
            )
        for i, state in enumerate(seeds):
            state.assign(store[f"seed_{i}"])
        super().load_own_variables(
            {k: store[k] for k in store.keys() if not k.startswith("seed_")}
        )


def as_tensor_images(x: Any) -> Tensor:
    """Images of any accepted form as floats in [0, 1], (batch, H, W, C)."""
    scale = 1.0 / 255.0 if keras.backend.standardize_dtype(x.dtype) == "uint8" else None
    x = ops.cast(x, keras.config.floatx())
    x = x * scale if scale else x
    return ops.expand_dims(x, -1) if len(x.shape) == 3 else x
