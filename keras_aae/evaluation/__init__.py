"""Numbers: every model family to one dict of named metrics."""

from keras_aae.errors import UnsupportedError
from keras_aae.registry import METRICS, SLOW_METRICS, load_entry

__all__ = ["describe", "evaluate"]


def evaluate(model, dataset, *, seed: int = 0, names=None) -> dict[str, float]:
    """The metrics of a model on the test images of a data set.

    Args:
        model: Any model of `keras_aae`.
        dataset: The `Dataset`; its training images serve as labelled examples.
        seed: Of every random draw.
        names: Keys of `registry.METRICS`; None is all that apply but the slow ones.

    Returns:
        name -> number, in the order of the menu. An entry may stand for several numbers,
        whose names are its own and an ending: `space_share_0`, `space_share_1`, ...

    Raises:
        KerasAAEError: an unknown name.
        UnsupportedError: a named metric does not apply to the model or the data.
    """
    functions, values = {}, {}
    quick = [name for name in METRICS if name not in SLOW_METRICS]
    for name in quick if names is None else names:
        functions.setdefault(load_entry(name, METRICS, "metric"), []).append(name)
    for function, wanted in functions.items():
        try:
            numbers = function(model, dataset, seed)
        except UnsupportedError:
            if names is not None:
                raise
            continue
        for number, value in numbers.items():
            if _entry(number) in wanted:
                values.setdefault(_entry(number), {})[number] = float(value)
    missing = [name for name in names or () if name not in values]
    if missing:
        raise UnsupportedError(f"Metric {missing[0]!r} does not apply to this model.")
    return {
        number: value
        for name in METRICS
        for number, value in values.get(name, {}).items()
    }


def describe(name: str) -> str:
    """What the number `name` of `evaluate` is: the help of its line on the menu."""
    return METRICS[_entry(name)][1]


def _entry(name: str) -> str:
    """The key of the menu that a number belongs to."""
    return name if name in METRICS else name.rpartition("_")[0]
