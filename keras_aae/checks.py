"""Checks of numbers that experiments are made of."""

from numbers import Real

from keras_aae.errors import RecipeError


def check_count(name: str, value) -> int:
    """Return `value` if it is a whole number above 0.

    Raises:
        RecipeError: it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise RecipeError(f"Invalid {name} {value!r}. Expected a whole number above 0.")
    return value


def check_share(name: str, value, zero: bool = False) -> float:
    """Return `value` if it is a number between 0 and 1, or 0 where `zero` may be.

    Raises:
        RecipeError: it is not.
    """
    fits = isinstance(value, Real) and (0 < value < 1 or (zero and value == 0))
    if not fits:
        low = "[" if zero else "("
        raise RecipeError(f"Invalid {name} {value!r}. Expected a number in {low}0, 1).")
    return value
