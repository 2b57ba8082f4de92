"""What priors that are not learned have in common."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class FixedPrior:
    """A distribution with nothing to learn: its dataclass fields say all of it."""

    @classmethod
    def build_for(cls, latent_dim: int, components: int, seed: int):
        """The prior of codes so wide; it has no components and nothing random."""
        del components, seed
        return cls(latent_dim)

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: dict):
        """The inverse of `get_config`."""
        return cls(**config)
