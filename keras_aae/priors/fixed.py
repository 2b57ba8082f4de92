"""What priors that are not learned have in common."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from keras_aae.checks import validate


@dataclass(frozen=True)
class FixedPrior:
    """A distribution with nothing to learn: its dataclass fields say all of it."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = validate(field.name, getattr(self, field.name), field.type)
            object.__setattr__(self, field.name, value)

    @classmethod
    def build_for(cls, latent_dim: int, components: int, seed: int) -> Self:
        """The prior of codes so wide; it has no components and nothing random."""
        del components, seed
        return cls(latent_dim)  # type: ignore[call-arg]  # the first field of most

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The inverse of `get_config`."""
        return cls(**config)
