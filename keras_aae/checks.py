"""Option types with their bounds, and validation of option values.

An option is a keyword argument with an annotation and a default, `beta: Weight = 1.0`.
Its type defines the valid values, and `validate` checks them. This module does not
import Keras, so recipes and the command line use it too.
"""

import inspect
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from numbers import Integral, Real
from types import NoneType
from typing import Annotated, Any, TypeVar, cast, get_args

from keras_aae.errors import RecipeError, suggestion

Function = TypeVar("Function", bound=Callable[..., Any])
# A tensor of the Keras backend; Keras has no common type for these.
Tensor = Any
ImageShape = tuple[int, int, int]  # (height, width, channels)
SCHEDULES = ("linear", "cosine", "exponential")


@dataclass(frozen=True)
class Schedule:
    """A value that moves from `start` to `end` over `epochs` epochs.

    linear:      start + (end - start) t/T, then end
    cosine:      end + (start - end) (1 + cos(pi t/T)) / 2, then end
    exponential: start (end / start)^(t/T), also after T
    """

    kind: str
    start: float
    end: float
    epochs: float

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """Parse "KIND:START:END:EPOCHS", for example "linear:0:1:10".

        Raises:
            RecipeError: the text is not a schedule.
        """
        try:
            return cls(*_schedule_parts(text))
        except ValueError:
            raise RecipeError(
                f"Invalid schedule {text!r}. Expected KIND:START:END:EPOCHS with KIND "
                f"one of {', '.join(SCHEDULES)} and EPOCHS above 0, for example "
                "linear:0:1:10 (cosine needs START above 0, exponential both)."
            ) from None


def _schedule_parts(text: str) -> tuple[str, float, float, float]:
    kind, *numbers = text.split(":")
    start, end, epochs = (float(number) for number in numbers)
    flat = kind != "linear" and min(start, end if kind == "exponential" else 1) <= 0
    finite = all(math.isfinite(number) for number in (start, end, epochs))
    if kind not in SCHEDULES or not finite or epochs <= 0 or flat:
        raise ValueError
    return kind, start, end, epochs


def parse_value(value: float | str) -> float | Schedule:
    """Return a number, or parse the text of a schedule.

    Raises:
        RecipeError: the value is neither a number nor a schedule.
    """
    try:
        return float(value)
    except ValueError:
        return Schedule.parse(str(value))


@dataclass(frozen=True)
class Whole:
    """Whole numbers from `low` to `high`, which may be infinite."""

    low: int
    high: float = math.inf

    @property
    def expected(self) -> str:
        if self.high == math.inf:
            return f"a whole number of at least {self.low}"
        return f"a whole number from {self.low} to {self.high:,}"

    def read(self, value: Any) -> int:
        """Return the value as a plain Python number, or raise ValueError."""
        if not isinstance(value, Integral) or isinstance(value, bool):
            raise ValueError
        whole = int(value)
        if not self.low <= whole <= self.high:
            raise ValueError
        return whole


@dataclass(frozen=True)
class Number:
    """Finite numbers from `low` to `high`, without the bounds listed in `open`.

    With `schedule` the value may also change during training: it may be the text of a
    `Schedule`, or a Keras schedule.
    """

    low: float = -math.inf
    high: float = math.inf
    open: tuple[float, ...] = ()
    schedule: bool = False

    @property
    def expected(self) -> str:
        more = ", or a schedule such as linear:0:1:10" if self.schedule else ""
        return self._range() + more

    def _range(self) -> str:
        low, high = self.low, self.high
        if high < math.inf:
            left, right = (
                "(" if low in self.open else "[",
                ")" if high in self.open else "]",
            )
            return f"a number in {left}{low:g}, {high:g}{right}"
        if low == -math.inf:
            return "a finite number"
        return f"a number {'above' if low in self.open else 'of at least'} {low:g}"

    def read(self, value: Any) -> Any:
        """Return the value as a plain Python number, or raise ValueError."""
        if self.schedule and _is_keras_schedule(value):
            return value
        if self.schedule and isinstance(value, str):
            return self._read_text(value)
        if not isinstance(value, Real) or isinstance(value, bool):
            raise ValueError
        number = float(value)
        inside = math.isfinite(number) and self.low <= number <= self.high
        if not inside or number in self.open:
            raise ValueError
        return number

    def _read_text(self, text: str) -> float | str:
        parsed = parse_value(text)
        if not isinstance(parsed, Schedule):
            return self.read(parsed)
        self.read(parsed.start), self.read(parsed.end)
        return text


@dataclass(frozen=True, eq=False)
class Choice:
    """Entries of a menu."""

    menu: Any

    @property
    def expected(self) -> str:
        return f"one of {', '.join(map(str, self.menu))}"

    def read(self, value: Any) -> Any:
        """Return the value if it is on the menu, or raise ValueError."""
        named = isinstance(value, str | int) and not isinstance(value, bool)
        if not named or value not in tuple(self.menu):
            raise ValueError(suggestion(value, list(map(str, self.menu))))
        return value


@dataclass(frozen=True)
class ListOf:
    """Lists with `least` to `most` values of one kind."""

    each: Any
    example: str
    least: int = 0
    most: float = math.inf

    @property
    def expected(self) -> str:
        count = f" of {self.least}" if self.least == self.most else ""
        if self.least < self.most and self.least:
            count = f" of at least {self.least}"
        return f"a list{count}, each {self.each.expected}, for example {self.example}"

    def read(self, value: Any) -> list[Any]:
        """Return the value as a list, or raise ValueError."""
        if not isinstance(value, list | tuple):
            raise ValueError
        if not self.least <= len(value) <= self.most:
            raise ValueError
        return [self.each.read(_plain(item)) for item in value]


@dataclass(frozen=True)
class Plain:
    """Values of one Python type."""

    type: type
    expected: str

    def read(self, value: Any) -> Any:
        """Return the value if it is of the type, or raise ValueError."""
        if not isinstance(value, self.type):
            raise ValueError
        return value


Count = Annotated[int, Whole(1)]
Several = Annotated[int, Whole(2)]
Repeats = Annotated[int, Whole(1, 2**20)]  # in one step
Width = Annotated[int, Whole(1, 2**20)]
Widths = Annotated[tuple[int, ...], ListOf(Whole(1, 2**20), "[500, 250]")]
Filters = Annotated[tuple[int, ...], ListOf(Whole(1, 2**20), "[32, 64]", least=1)]
Channels = Annotated[int, Choice((1, 3))]
Seed = Annotated[int, Whole(0, 2**31 - 1)]
Weight = Annotated[float, Number(0, schedule=True)]
Deviation = Weight
Strength = Annotated[float, Number(0)]
Positive = Annotated[float, Number(0, open=(0,))]
Share = Annotated[float, Number(0, 1, open=(1,))]
InnerShare = Annotated[float, Number(0, 1, open=(0, 1))]

KINDS = {
    bool: Plain(bool, "true or false"),
    str: Plain(str, "text"),
    dict: Plain(dict, "values by their names"),
    int: Whole(-(2**63), 2**63 - 1),
    float: Number(),
}


def validate(name: str, value: Any, annotation: Any, error: type = RecipeError) -> Any:
    """Check a value against its annotation and return it as a plain Python value.

    Args:
        name: Name of the option.
        value: Value of the option.
        annotation: Type of the option, from this module or a Python type.
        error: Class of the error to raise.

    Raises:
        RecipeError: the value is invalid; the message says what was expected.
    """
    kind, optional = kind_of(annotation)
    value = _plain(value)
    if value is None and optional:
        return value
    try:
        return kind.read(value)
    except (ValueError, OverflowError) as problem:
        none = ", or none" if optional else ""
        near = str(problem) if type(problem) is ValueError else ""
        raise error(
            f"Invalid {name} {value!r}. Expected {kind.expected}{none}.{near}"
        ) from None


def validate_all(
    options: dict[str, inspect.Parameter], values: dict[str, Any]
) -> dict[str, Any]:
    """Validate the values that belong to an option; return the others unchanged."""
    return {
        name: validate(name, value, options[name].annotation)
        if name in options
        else value
        for name, value in values.items()
    }


def kind_of(annotation: Any) -> tuple[Any, bool]:
    """Return the kind of values that an annotation admits, and whether it admits None.

    Raises:
        TypeError: the annotation is not an option type.
    """
    alternatives = get_args(annotation)
    optional = NoneType in alternatives
    if optional:
        (annotation,) = (a for a in alternatives if a is not NoneType)
    for kind in (*getattr(annotation, "__metadata__", ()), KINDS.get(annotation)):
        if hasattr(kind, "read"):
            return kind, optional
    raise TypeError(
        f"Invalid annotation {annotation}. Expected an option type of keras_aae.checks."
    )


def takes_schedule(annotation: Any) -> bool:
    """Return whether an option may change during training."""
    return getattr(kind_of(annotation)[0], "schedule", False)


def options_of(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the options of a function: its keyword arguments that have a default.

    Raises:
        TypeError: an option is not annotated with an option type.
    """
    options = {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
        and parameter.default is not parameter.empty
    }
    for name, parameter in options.items():
        try:
            kind_of(parameter.annotation)
        except TypeError:
            raise TypeError(
                f"Option {name!r} of {function.__qualname__} has no option type. "
                "Annotate it with a type of keras_aae.checks, for example "
                f"{name}: Weight = 1.0."
            ) from None
    return options


def pick(function: Callable[..., Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that are options of a function."""
    return {name: values[name] for name in options_of(function) if name in values}


def validated(function: Function) -> Function:
    """Return the function with its options validated before each call."""
    options = options_of(function)

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **validate_all(options, kwargs))

    return cast(Function, checked)


def _plain(value: Any) -> Any:
    """Convert a NumPy scalar to a Python value."""
    is_scalar = hasattr(value, "item") and getattr(value, "shape", None) == ()
    return value.item() if is_scalar else value


def _is_keras_schedule(value: Any) -> bool:
    keras = sys.modules.get("keras")  # without Keras there are no Keras schedules
    return keras is not None and isinstance(
        value, keras.optimizers.schedules.LearningRateSchedule
    )
