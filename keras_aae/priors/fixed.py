"""Base class of the priors without learned parameters."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from keras_aae.checks import validate


@dataclass(frozen=True)
class FixedPrior:
    """A distribution that its dataclass fields determine."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = validate(field.name, getattr(self, field.name), field.type)
            object.__setattr__(self, field.name, value)

    @classmethod
    def build_for(cls, latent_dim: int, components: int, seed: int) -> Self:
        """Build the prior of `latent_dim`-dimensional codes; the rest is ignored."""
        del components, seed
        return cls(latent_dim)  # type: ignore[call-arg]  # the first field of most

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Build the prior from the values of `get_config`."""
        return cls(**config)
