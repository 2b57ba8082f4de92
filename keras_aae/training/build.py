"""Construction of the data set and the compiled model of a recipe."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from keras_aae.checks import (
    ImageShape,
    Schedule,
    parse_value,
    takes_schedule,
    validate_all,
)
from keras_aae.data import Dataset, load_dataset
from keras_aae.engine import Phase, PhasedModel
from keras_aae.errors import RecipeError
from keras_aae.lookup import load_entry
from keras_aae.networks import load_network
from keras_aae.recipe import Recipe, unknown_key
from keras_aae.registry import MODELS


def build_model(
    name: str,
    image_shape: ImageShape,
    optimizer: str | keras.optimizers.Optimizer | dict[str, Any] = "adam",
    **options: Any,
) -> PhasedModel:
    """Build a compiled model of a family, ready for `fit`.

    Args:
        name: Name of the family, a key of `registry.MODELS`.
        image_shape: Shape of an image, (height, width, channels).
        optimizer: Optimizer or optimizers, as in `PhasedModel.compile`.
        **options: Options of the family, such as `latent_dim`.

    Raises:
        RecipeError: an option is unknown or invalid.
        KerasAAEError: the name is unknown.
    """
    options = complete_options(name, options)
    model = family(name).create(tuple(image_shape), **options)
    model.compile(optimizer)
    return model


def family(name: str) -> type[Any]:
    """Return the class of a model family."""
    return load_entry(name, MODELS, "model")


def complete_options(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Validate options of a family and fill in the defaults."""
    parameters = family(name).options()
    for key in options:
        if key not in parameters:
            raise RecipeError(unknown_key(key, parameters))
    complete = {k: options.get(k, p.default) for k, p in parameters.items()}
    complete = validate_all(parameters, complete)
    if "network" in complete:
        _, units = load_network(complete["network"], complete["hidden_units"])
        complete["hidden_units"] = list(units)
    return complete


def load_data(recipe: Recipe, data_dir: str | Path | None = None) -> Dataset:
    """Load the data set of a recipe."""
    return load_dataset(
        recipe.dataset,
        data_dir=data_dir,
        image_size=recipe.image_size,
        channels=recipe.channels,
        limit=recipe.limit,
        seed=recipe.seed,
    )


def new_model(recipe: Recipe, image_shape: ImageShape, steps: int) -> PhasedModel:
    """Build a compiled model; the seed of the recipe sets all its random numbers."""
    keras.utils.set_random_seed(recipe.seed)
    known = {n: p.annotation for n, p in family(recipe.model).options().items()}
    options = {
        name: keras_value(value, steps) if takes_schedule(known[name]) else value
        for name, value in recipe.options.items()
    }
    model = family(recipe.model).create(image_shape, **options, seed=recipe.seed)
    model.compile(new_optimizers(recipe, model.phases(), steps))
    return model


def keras_value(value: Any, steps: int) -> Any:
    """Convert a recipe value to a number or a Keras schedule.

    Args:
        value: Number or schedule, as in `checks.parse_value`.
        steps: Number of steps in an epoch.
    """
    value = parse_value(value)
    if not isinstance(value, Schedule):
        return value
    duration = max(1, round(value.epochs * steps))
    schedules = keras.optimizers.schedules
    if value.kind == "linear":
        return schedules.PolynomialDecay(value.start, duration, value.end)
    if value.kind == "cosine":
        return schedules.CosineDecay(value.start, duration, value.end / value.start)
    return schedules.ExponentialDecay(value.start, duration, value.end / value.start)


def new_optimizers(
    recipe: Recipe, phases: Sequence[Phase], steps: int
) -> dict[str, Any]:
    """Return one optimizer per phase, with schedules by the updates of that phase."""
    names = [phase.name for phase in phases]
    by_phase = recipe.optimizer
    if not isinstance(by_phase, dict) or "name" in by_phase:
        by_phase = dict.fromkeys(names, by_phase)
    return {
        phase: _optimizer(
            given, recipe.learning_rate, steps * max(names.count(phase), 1)
        )
        for phase, given in by_phase.items()
    }


def _optimizer(
    given: str | dict[str, Any], learning_rate: Any, steps: int
) -> keras.optimizers.Optimizer:
    settings = dict(given) if isinstance(given, dict) else {"name": given}
    name = settings.pop("name", None)
    rate = keras_value(settings.pop("learning_rate", learning_rate), steps)
    try:
        return keras.optimizers.get(
            {"class_name": str(name), "config": {"learning_rate": rate, **settings}}
        )
    except (ValueError, TypeError) as error:
        raise RecipeError(
            f"Invalid optimizer {given!r}. Expected the name of a Keras optimizer, "
            'for example "adam", or {"name": "adam", "beta_1": 0.5}.'
        ) from error
