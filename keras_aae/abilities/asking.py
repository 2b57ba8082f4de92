"""Asking a model, or a prior, for an ability, and insisting on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, Literal, TypeVar, get_args, get_origin

from keras_aae.errors import UnsupportedError

T = TypeVar("T")


@dataclass(frozen=True)
class _Members:
    """What an ability consists of, and how it is spoken of."""

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
        """Return what a model, or a class of models, lacks first; '' if nothing."""
        is_class = isinstance(subject, type)
        for name in self.methods:
            if not callable(getattr(subject, name, None)):
                return f"lacks `{name}`"
        for name, wanted in self.flags.items():
            value = getattr(subject, name, False)
            # What a property says is known of an instance alone.
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
    """Make an ability of a protocol.

    Methods must be there, attributes too and not be None; one that is annotated
    `Literal[True]` or `Literal[False]` must be that, and counts as False where it is not
    there.

    Args:
        needs: What has the ability, as "a model that encodes images".
        remedy: A sentence that says what to do without it.
    """

    def register(protocol: type[T]) -> type[T]:
        _ABILITIES[protocol] = _Members.of(protocol, needs, remedy)
        return protocol

    return register


def supports(subject: Any, ability: type) -> bool:
    """Return whether a model, or a prior, has an ability.

    A class may be asked too, before there is a model. What only instances know, such as
    the prior, counts as there.
    """
    return not _ABILITIES[ability].fault(subject)


def require(subject: Any, *abilities: type, by: str) -> Any:
    """Return the model, or the prior, if it has all of some abilities.

    Args:
        subject: The model or prior, or its class.
        *abilities: Protocols of `keras_aae.abilities`.
        by: What asks for them, as "Figure 'scatterplot'".

    Raises:
        UnsupportedError: it has not; the message says what is missing and what to do.
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
    """Return those networks that a model has under these names, in their order."""
    found = {name: getattr(model, name, None) for name in names}
    return {name: network for name, network in found.items() if network is not None}
