"""A recipe: an experiment as plain values, every one of which can be written as JSON."""

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any

from keras_aae.errors import RecipeError
from keras_aae.lookup import suggestion

SCHEDULES = ("linear", "cosine", "exponential")
EXECUTIONS = ("auto", "xla", "graph", "steps")
BACKENDS = ("tensorflow", "jax", "torch")


@dataclass(frozen=True)
class Schedule:
    """A value that moves from `start` to `end` over `epochs` epochs.

    linear:      start + (end - start) t/T, then end
    cosine:      end + (start - end) (1 + cos(pi t/T)) / 2, then end
    exponential: start (end / start)^(t/T), and on at that rate
    """

    kind: str
    start: float
    end: float
    epochs: float

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """Read "KIND:START:END:EPOCHS", for example "linear:0:1:10".

        Raises:
            RecipeError: the text is none of these.
        """
        kind, *numbers = text.split(":")
        try:
            start, end, epochs = (float(number) for number in numbers)
        except ValueError:
            raise RecipeError(_schedule_help(text)) from None
        flat = kind != "linear" and min(start, end if kind == "exponential" else 1) <= 0
        if kind not in SCHEDULES or epochs <= 0 or flat:
            raise RecipeError(_schedule_help(text))
        return cls(kind, start, end, epochs)


def _schedule_help(value) -> str:
    return (
        f"Invalid value {value!r}. Expected a number or KIND:START:END:EPOCHS with KIND "
        f"one of {', '.join(SCHEDULES)} and EPOCHS above 0, for example linear:0:1:10 "
        "(cosine needs START above 0, exponential both)."
    )


def parse_value(value: float | str) -> float | Schedule:
    """A number as it is, a schedule from its text.

    Raises:
        RecipeError: neither a number nor a schedule.
    """
    try:
        return float(value)
    except (TypeError, ValueError):
        if isinstance(value, str):
            return Schedule.parse(value)
        raise RecipeError(_schedule_help(value)) from None


@dataclass(frozen=True)
class Recipe:
    """What to train, on what, and how.

    `options` are the arguments of the model's builder (`latent_dim`, `network`, ...).
    `optimizer` is a name, a {"name": ..., argument: value} dict, or a dict of either by
    phase; `learning_rate` is a number or the text of a `Schedule`.
    `validation` is a number of training images, or a share of them; `monitor` names the
    term whose best epoch is kept, and `patience` epochs without improvement end the run.
    `watch` is a number of training images whose codes' quantiles join the history.
    """

    model: str = "vae"
    options: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    dataset: str | None = None
    image_size: int | None = None
    channels: int | None = None
    limit: int | None = None
    labels: int | None = None
    validation: float = 0
    epochs: int = 50
    batch_size: int = 128
    optimizer: Any = "adam"
    learning_rate: float | str = 1e-3
    seed: int = 0
    monitor: str | None = None
    patience: int | None = None
    watch: int = 0
    backend: str | None = None
    execution: str = "auto"

    def __post_init__(self):
        for check in _CHECKS:
            check(self)

    def to_dict(self) -> dict[str, Any]:
        """Every value, ready for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Recipe":
        """The inverse of `to_dict`.

        Raises:
            RecipeError: an unknown key, or a value that makes no sense.
        """
        known = [f.name for f in dataclasses.fields(cls)]
        for key in values:
            if key not in known:
                raise RecipeError(unknown_key(key, known))
        return cls(**values)

    def replace(self, **changes) -> "Recipe":
        """A copy with some values changed."""
        return dataclasses.replace(self, **changes)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all values but the number of epochs, which may grow on resume."""
        values = self.to_dict() | {"epochs": None}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def unknown_key(key: str, known) -> str:
    """The message for a key that no recipe or model has."""
    near = suggestion(key, known)
    return f"Unknown recipe value {key!r}.{near} Known: {', '.join(known)}."


def override(recipe: Recipe, settings: dict[str, Any]) -> Recipe:
    """A copy with `settings` applied: recipe values by name, all others as options."""
    fields = {f.name for f in dataclasses.fields(Recipe)} - {"options"}
    values = {key: value for key, value in settings.items() if key in fields}
    options = {key: value for key, value in settings.items() if key not in fields}
    return recipe.replace(**values, options={**recipe.options, **options})


def training_words(recipe: Recipe, usual: dict[str, Any] | None = None) -> list[str]:
    """The words of `train MODEL --set ...` for a recipe, without values that are usual."""
    values = recipe.to_dict()
    # No option of a model has the name of a value of the recipe.
    values |= values.pop("options")
    model = values.pop("model")
    usual = json.loads(json.dumps(usual or {}))
    words = ["train", model]
    for key, value in json.loads(json.dumps(values)).items():
        if key not in usual or usual[key] != value:
            words += ["--set", f"{key}={json.dumps(value)}"]
    return words


def _require(condition: bool, name: str, value, expected: str) -> None:
    if not condition:
        raise RecipeError(f"Invalid {name} {value!r}. Expected {expected}.")


def _whole(value, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _check_types(recipe: Recipe) -> None:
    fits = isinstance(recipe.options, dict)
    _require(fits, "options", recipe.options, "the values of options by their names")
    _require(isinstance(recipe.name, str), "name", recipe.name, "text")
    for name in ("dataset", "monitor"):
        value = getattr(recipe, name)
        _require(isinstance(value, str | None), name, value, "a name, or none")


def _check_counts(recipe: Recipe) -> None:
    for name in ("epochs", "batch_size"):
        value = getattr(recipe, name)
        _require(_whole(value, 1), name, value, "a whole number of at least 1")
    for name in ("limit", "labels", "patience", "image_size"):
        value = getattr(recipe, name)
        fits = value is None or _whole(value, 1)
        _require(fits, name, value, "a whole number of at least 1, or none")
    watch = recipe.watch
    _require(_whole(watch, 0), "watch", watch, "a whole number of at least 0")
    seed = recipe.seed
    fits = _whole(seed, 0) and seed < 2**31
    _require(fits, "seed", seed, "a whole number from 0 to 2147483647")


def _check_choices(recipe: Recipe) -> None:
    for name, choices in (("execution", EXECUTIONS), ("backend", (None, *BACKENDS))):
        value = getattr(recipe, name)
        _require(
            value in choices, name, value, f"one of {', '.join(map(str, choices))}"
        )
    fits = recipe.channels in (None, 1, 3)
    _require(fits, "channels", recipe.channels, "1 (grey), 3 (colour) or none")


def _check_learning_rate(recipe: Recipe) -> None:
    rate = parse_value(recipe.learning_rate)
    lowest = min(rate.start, rate.end) if isinstance(rate, Schedule) else rate
    _require(
        0 <= lowest < float("inf"), "learning_rate", recipe.learning_rate,
        "a number of at least 0, or a schedule",
    )  # fmt: skip


def _check_validation(recipe: Recipe) -> None:
    value = recipe.validation
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = is_number and 0 <= value < math.inf and (value < 1 or value % 1 == 0)
    _require(fits, "validation", value, "a number of images, or a share below 1")
    if recipe.patience is not None and recipe.monitor is None:
        raise RecipeError(
            f"patience={recipe.patience} needs a term to watch. Set monitor to one of "
            "the columns of the history, for example monitor=val_loss."
        )
    if (recipe.monitor or "").startswith("val_") and not recipe.validation:
        raise RecipeError(
            f"monitor={recipe.monitor!r} needs validation images. Set validation to a "
            "number of training images or a share, for example validation=0.1."
        )


_CHECKS = (
    _check_types,
    _check_counts,
    _check_choices,
    _check_learning_rate,
    _check_validation,
)
