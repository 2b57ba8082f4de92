"""Recipes: experiments as plain values that can be written as JSON."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from keras_aae.checks import (
    Channels,
    Choice,
    Count,
    Number,
    Plain,
    Seed,
    Weight,
    Whole,
    validate,
)
from keras_aae.errors import RecipeError, suggestion
from keras_aae.lookup import (
    RENAMED,
    current_keys,
    current_name,
    current_term,
    former_keys,
)

EXECUTIONS = ("auto", "xla", "graph", "steps")
BACKENDS = ("tensorflow", "jax", "torch")


class ImagesOrShare:
    """Number of images, or a share of all images."""

    expected = "a whole number of images, or a share in [0, 1)"

    @staticmethod
    def read(value: Any) -> Any:
        """Return the value unchanged, or raise ValueError."""
        number = Number(0).read(value)
        if number >= 1 and number % 1:
            raise ValueError
        return value


Validation = Annotated[float, ImagesOrShare()]


@dataclass(frozen=True)
class Recipe:
    """Model, data set and settings of a training.

    `options` are the arguments of the model's builder (`latent_dim`, `network`, ...).
    `optimizer` is a name, a {"name": ..., argument: value} dict, or a dict of either by
    phase; `learning_rate` is a number or the text of a `Schedule`.
    `validation` is a number or a share of training images. `monitor` names the term
    whose best epoch is kept; `patience` is the number of epochs without improvement
    before training stops. `track_codes` is the number of training images whose code
    quantiles are added to the history.
    """

    model: str = "vae"
    options: Annotated[dict[str, Any], Plain(dict, "options by their names")] = field(
        default_factory=dict
    )
    name: str = ""
    dataset: str | None = None
    image_size: Count | None = None
    channels: Channels | None = None
    limit: Count | None = None
    num_labels: Count | None = None
    validation: Validation = 0
    epochs: Count = 50
    batch_size: Count = 128
    optimizer: Annotated[Any, Plain(object, "an optimizer")] = "adam"
    learning_rate: Weight = 1e-3
    seed: Seed = 0
    monitor: str | None = None
    patience: Count | None = None
    track_codes: Annotated[int, Whole(0)] = 0
    backend: Annotated[str, Choice(BACKENDS)] | None = None
    execution: Annotated[str, Choice(EXECUTIONS)] = "auto"

    def __post_init__(self) -> None:
        for name, value in _current_values(vars(self)).items():
            object.__setattr__(self, name, value)
        for each in dataclasses.fields(self):
            given = getattr(self, each.name)
            plain = validate(each.name, given, each.type)
            if isinstance(plain, int):  # JSON has no NumPy integers
                object.__setattr__(self, each.name, plain)
        _check_monitor(self)

    def to_dict(self) -> dict[str, Any]:
        """Return all values as a dict that can be written as JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Recipe":
        """Create a recipe from the result of `to_dict`.

        Raises:
            RecipeError: a key is unknown, or a value is invalid.
        """
        values = _current_values(values)
        known = [f.name for f in dataclasses.fields(cls)]
        for key in values:
            if key not in known:
                raise RecipeError(unknown_key(key, known))
        return cls(**values)

    def replace(self, **changes: Any) -> "Recipe":
        """Return a copy with some values changed."""
        return dataclasses.replace(self, **changes)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all values except the number of epochs, which may grow on resume.

        It uses the names of format 1, so that it matches older checkpoints and runs.
        """
        values = _former_values(self.to_dict()) | {"epochs": None}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def current_option(model: str, key: str) -> str:
    """Return the current name of a recipe value or a model option."""
    kinds = ("recipe value", *(("gan option",) if model == "gan" else ()), "option")
    return next((RENAMED[kind][key] for kind in kinds if key in RENAMED[kind]), key)


def _current_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return recipe values with current names."""
    values = current_keys("recipe value", values)
    model = values.get("model")
    if isinstance(model, str):
        values["model"] = current_name("model", model)
    if isinstance(values.get("monitor"), str):
        values["monitor"] = current_term(values["monitor"])
    if isinstance(options := values.get("options"), dict):
        options = {current_option(str(model), key): v for key, v in options.items()}
        if isinstance(options.get("network"), str):
            options["network"] = current_name("network", options["network"])
        values["options"] = options
    return values


def _former_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return recipe values with the names of format 1."""
    options = values["options"]
    kinds = ("gan option", "option") if values["model"] == "gan" else ("option",)
    for kind in kinds:
        options = former_keys(kind, options)
    named = {"model": values["model"], "network": options.get("network")}
    former = {
        kind: next((old for old, new in RENAMED[kind].items() if new == name), name)
        for kind, name in named.items()
    }
    if "network" in options:
        options = options | {"network": former["network"]}
    values = values | {"model": former["model"], "options": options}
    if values["monitor"] is not None:
        prefix = "val_" if values["monitor"].startswith("val_") else ""
        (term,) = former_keys("term", {values["monitor"].removeprefix(prefix): None})
        values["monitor"] = prefix + term
    return former_keys("recipe value", values)


def unknown_key(key: str, known: Iterable[str]) -> str:
    """Return the error message for an unknown recipe value or model option."""
    near = suggestion(key, known)
    return f"Unknown recipe value {key!r}.{near} Known: {', '.join(known)}."


def override(recipe: Recipe, settings: dict[str, Any]) -> Recipe:
    """Return a copy with settings applied; unknown names become model options."""
    fields = {f.name for f in dataclasses.fields(Recipe)} - {"options"}
    settings = {current_option(recipe.model, k): v for k, v in settings.items()}
    values = {key: value for key, value in settings.items() if key in fields}
    options = {key: value for key, value in settings.items() if key not in fields}
    return recipe.replace(**values, options={**recipe.options, **options})


def training_words(recipe: Recipe, usual: dict[str, Any] | None = None) -> list[str]:
    """Return the arguments of `train MODEL --set ...`, without the default values."""
    values = recipe.to_dict()
    # No model option shares its name with a recipe value.
    values |= values.pop("options")
    model = values.pop("model")
    usual = json.loads(json.dumps(usual or {}))
    words = ["train", model]
    for key, value in json.loads(json.dumps(values)).items():
        if key not in usual or usual[key] != value:
            words += ["--set", f"{key}={json.dumps(value)}"]
    return words


def _check_monitor(recipe: Recipe) -> None:
    if recipe.patience is not None and recipe.monitor is None:
        raise RecipeError(
            f"patience={recipe.patience} needs a monitored term. Set monitor to a "
            "column of the history, for example monitor=val_loss."
        )
    if (recipe.monitor or "").startswith("val_") and not recipe.validation:
        raise RecipeError(
            f"monitor={recipe.monitor!r} needs validation images. Set validation to a "
            "number of training images or a share, for example validation=0.1."
        )
