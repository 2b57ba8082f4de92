"""Registration of abilities, and checks that a model or a prior has them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, Literal, TypeVar, get_args, get_origin

from keras_aae.errors import UnsupportedError

__all__ = ["ability", "networks_of", "require", "supports"]

T = TypeVar("T")


@dataclass(frozen=True)
class _Members:
    """Members of an ability, and its description in error messages."""

    needs: str
    remedy: str
    methods: tuple[str, ...]
    attributes: tuple[str, ...]
    flags: dict[str, bool]

    @classmethod
    def of(cls, protocol: type, needs: str, remedy: str) -> "_Members":
        bodies = protocol.__mro__
        methods = {n for c in bodies for n, v in vars(c).items() if _is_public(n, v)}
        kinds = {n: k for c in bodies for n, k in get_annotations(c).items()}
        flags = {
            n: get_args(k)[0] for n, k in kinds.items() if get_origin(k) is Literal
        }
        attributes = tuple(name for name in kinds if name not in flags)
        return cls(needs, remedy, tuple(sorted(methods)), attributes, flags)

    def fault(self, subject: Any) -> str:
        """Return the first member that a model or class lacks, or '' if it has all."""
        is_class = isinstance(subject, type)
        for name in self.methods:
            if not callable(getattr(subject, name, None)):
                return f"lacks `{name}`"
        for name, wanted in self.flags.items():
            value = getattr(subject, name, False)
            # Only an instance knows the value of a property.
            is_open = is_class and not isinstance(value, bool)
            if not is_open and value is not wanted:
                return f"has `{name}` {value}"
        for name in () if is_class else self.attributes:
            if getattr(subject, name, None) is None:
                return f"lacks `{name}`"
        return ""


def _is_public(name: str, value: Any) -> bool:
    return callable(value) and not name.startswith("_")


_ABILITIES: dict[type, _Members] = {}


def ability(needs: str, remedy: str) -> Callable[[type[T]], type[T]]:
    """Return a class decorator that registers a protocol as an ability.

    A subject has the ability if it has all methods and attributes of the protocol, and
    no attribute is None. An attribute annotated `Literal[True]` or `Literal[False]`
    must have that value; if it is missing, it counts as False.

    Args:
        needs: Description of a subject that has it: "a model that encodes images".
        remedy: Sentence that says what to do if a subject lacks the ability.
    """

    def register(protocol: type[T]) -> type[T]:
        _ABILITIES[protocol] = _Members.of(protocol, needs, remedy)
        return protocol

    return register


def supports(subject: Any, ability: type) -> bool:
    """Return whether a model, a prior, or a class of either has an ability.

    For a class, attributes and properties that only instances have, such as the prior,
    count as present.
    """
    return not _ABILITIES[ability].fault(subject)


def require(subject: Any, *abilities: type, by: str) -> Any:
    """Return a model or a prior after checking that it has all given abilities.

    Args:
        subject: Model or prior, or its class.
        *abilities: Protocols of `keras_aae.abilities`.
        by: Name of the caller for the message, for example "Figure 'scatterplot'".

    Raises:
        UnsupportedError: The subject lacks an ability. The message names what is
            missing and what to do.
    """
    for members in (_ABILITIES[ability] for ability in abilities):
        fault = members.fault(subject)
        if fault:
            kind = subject if isinstance(subject, type) else type(subject)
            raise UnsupportedError(
                f"{by} needs {members.needs}, and {kind.__name__} {fault}. "
                f"{members.remedy}"
            )
    return subject


def networks_of(model: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return the networks that a model has under the given names, in their order."""
    found = {name: getattr(model, name, None) for name in names}
    return {name: network for name, network in found.items() if network is not None}
