"""Finding an entry of a menu by its name."""

import difflib
import importlib
from collections.abc import Iterable
from typing import Any

from keras_aae.errors import KerasAAEError


def suggestion(name: object, known: Iterable[str]) -> str:
    """' Did you mean ...?' with the nearest of the known names, or nothing."""
    near = difflib.get_close_matches(str(name), known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def check_name(name: str, menu: dict[str, Any], kind: str) -> str:
    """Return `name` if it is on the menu.

    Raises:
        KerasAAEError: it is not; the message lists the choices and suggests the nearest.
    """
    if isinstance(name, str) and name in menu:
        return name
    raise KerasAAEError(
        f"Unknown {kind} {name!r}.{suggestion(name, menu)} Choices: {', '.join(menu)}."
    )


def load_entry(name: str, menu: dict[str, Any], kind: str) -> Any:
    """Import and return the object that `name` stands for on the menu."""
    module, attribute = menu[check_name(name, menu, kind)][0].split(":")
    return getattr(importlib.import_module(module), attribute)
