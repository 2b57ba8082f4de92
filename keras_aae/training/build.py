"""From a recipe's plain values to its data and a compiled model."""

from typing import get_args

import keras

from keras_aae.checks import check_share
from keras_aae.data import Dataset, load_dataset
from keras_aae.errors import RecipeError
from keras_aae.lookup import load_entry
from keras_aae.networks import NETWORKS
from keras_aae.recipe import Recipe, Schedule, parse_value, unknown_key
from keras_aae.registry import MODELS

# Networks of convolutions alone.
OF_FILTERS = ("conv", "pooled", "normalised-conv")


def build_model(name: str, image_shape, optimizer="adam", **options):
    """A compiled model of a family, ready for `fit`.

    Args:
        name: A key of `registry.MODELS`.
        image_shape: (height, width, channels).
        optimizer: As in `PhasedModel.compile`.
        **options: The family's `options()`, such as `latent_dim`.

    Raises:
        RecipeError: an unknown option; the message lists the known ones.
        KerasAAEError: an unknown name.
    """
    options = complete_options(name, options)
    for key, value in options.items():
        if _is_schedule(value):
            raise RecipeError(
                f"The schedule {key}={value!r} counts epochs, whose length is not known "
                "here. Give a Keras schedule over steps, or train a recipe."
            )
    model = family(name).create(tuple(image_shape), **options)
    model.compile(optimizer)
    return model


def family(name: str):
    """The class of a model family."""
    return load_entry(name, MODELS, "model")


def complete_options(name: str, options: dict) -> dict:
    """The options of the family, defaults included."""
    parameters = family(name).options()
    for key in options:
        if key not in parameters:
            raise RecipeError(unknown_key(key, parameters))
    complete = {k: options.get(k, p.default) for k, p in parameters.items()}
    if complete.get("hidden_units", 0) is None and complete.get("network") in NETWORKS:
        complete["hidden_units"] = NETWORKS[complete["network"]].HIDDEN_UNITS
    checked = {
        key: _checked(key, value, parameters[key].annotation)
        for key, value in complete.items()
    }
    if checked.get("hidden_units") == [] and checked.get("network") in OF_FILTERS:
        raise RecipeError(
            f"Invalid hidden_units [] for network {checked['network']!r}. Expected the "
            "filters of at least one convolution, for example [32, 64]."
        )
    return checked


def _checked(name, value, annotation):
    """An option as a plain value of its type."""
    if annotation is float:
        return _checked_weight(name, value)
    if annotation is int:
        return _checked_whole(name, value)
    if annotation in (str, bool) and type(value) is not annotation:
        raise RecipeError(f"Invalid {name} {value!r}. Expected {annotation.__name__}.")
    if tuple in (annotation, *get_args(annotation)):
        return _checked_widths(name, value, annotation)
    return value


def _checked_whole(name, value):
    low, high = (0, 2**31 - 1) if name == "seed" else (1, 2**20)
    if type(value) is not int or not low <= value <= high:
        raise RecipeError(
            f"Invalid {name} {value!r}. Expected a whole number from {low} to {high:,}."
        )
    return value


def _checked_widths(name, value, annotation):
    """A list of the widths of layers; None only where it stands for a choice of ours."""
    if value is None and annotation is not tuple:
        return value
    if not isinstance(value, list | tuple):
        raise RecipeError(
            f"Invalid {name} {value!r}. Expected a list of whole numbers, one a layer, "
            "for example [500, 250]."
        )
    return list(value)


def _checked_weight(name, value):
    if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
        return value
    try:
        parsed = parse_value(value)
    except (RecipeError, TypeError):
        raise RecipeError(
            f"Invalid {name} {value!r}. Expected a number, or a schedule such as "
            "linear:0:1:10."
        ) from None
    if name.endswith("dropout"):
        return check_share(name, parsed, zero=True)
    return value if isinstance(parsed, Schedule) else parsed


def load_data(recipe: Recipe, data_dir=None) -> Dataset:
    """The data set that a recipe names."""
    return load_dataset(
        recipe.dataset,
        data_dir=data_dir,
        image_size=recipe.image_size,
        channels=recipe.channels,
        limit=recipe.limit,
        seed=recipe.seed,
    )


def new_model(recipe: Recipe, image_shape, steps: int):
    """A compiled model whose weights and random numbers follow from the seed alone."""
    keras.utils.set_random_seed(recipe.seed)
    options = {
        name: keras_value(value, steps) if _is_schedule(value) else value
        for name, value in recipe.options.items()
    }
    model = family(recipe.model).create(image_shape, **options, seed=recipe.seed)
    model.compile(new_optimizers(recipe, model.phases(), steps))
    return model


def _is_schedule(value) -> bool:
    return isinstance(value, str) and ":" in value


def keras_value(value, steps: int):
    """A number, or the Keras schedule that a recipe's value names.

    Args:
        value: As in `recipe.parse_value`.
        steps: In an epoch.
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


def new_optimizers(recipe: Recipe, phases, steps: int) -> dict:
    """Return an optimizer for each phase; its schedule counts the updates of that phase."""
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


def _optimizer(given, learning_rate, steps: int):
    settings = dict(given) if isinstance(given, dict) else {"name": given}
    name = settings.pop("name", None)
    rate = keras_value(settings.pop("learning_rate", learning_rate), steps)
    try:
        return keras.optimizers.get(
            {"class_name": str(name), "config": {"learning_rate": rate, **settings}}
        )
    except (ValueError, TypeError) as error:
        raise RecipeError(
            f"Invalid optimizer {given!r}. Expected the name of a Keras optimizer, for "
            'example "adam", or {"name": "adam", "beta_1": 0.5}.'
        ) from error
