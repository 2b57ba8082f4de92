"""Numbers: every model family to one dict of named metrics."""

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.registry import METRICS, load_entry

__all__ = ["evaluate"]


def evaluate(model, dataset, *, seed: int = 0, names=None) -> dict[str, float]:
    """The metrics of a model on the test images of a data set.

    Args:
        model: Any model of `keras_aae`.
        dataset: The `Dataset`; its training images serve as labelled examples.
        seed: Of every random draw.
        names: Keys of `registry.METRICS`; None is all that apply.

    Returns:
        name -> number, in the order of the menu.

    Raises:
        KerasAAEError: an unknown name.
        UnsupportedError: a named metric does not apply to the model or the data.
    """
    functions, values = {}, {}
    for name in METRICS if names is None else names:
        functions.setdefault(load_entry(name, METRICS, "metric"), []).append(name)
    for function, wanted in functions.items():
        try:
            numbers = function(model, dataset, seed)
        except UnsupportedError:
            if names is not None:
                raise
            continue
        values |= {name: numbers[name] for name in wanted if name in numbers}
    missing = [name for name in names or () if name not in values]
    if missing:
        raise KerasAAEError(f"Metric {missing[0]!r} does not apply to this model.")
    return {name: float(values[name]) for name in METRICS if name in values}
