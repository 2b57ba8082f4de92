"""Figures as files of the results page: their names and captions."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_aae.experiments import Experiment
from keras_aae.figures.menu import file_name
from keras_aae.registry import FIGURES

# Where an option says more than its value, or the menu's line says too much.
CAPTIONS = {
    "samples": "images decoded from the prior",
    "samples-gmm": "images decoded from a mixture of Gaussians fitted to the codes",
    "scatterplot-3d-untrained": "the same codes before training",
    "latent-sweep-codes": "images decoded on a grid where the codes lie",
    "latent-sweep-quantile": "images decoded on a grid of the prior's quantiles",
}


@dataclass(frozen=True)
class FigureFile:
    """A figure of the results page.

    Args:
        entry: A name on `registry.FIGURES`, or (name, options).
    """

    entry: str | tuple[str, dict[str, Any]]

    @property
    def kind(self) -> str:
        """Name of the figure on the menu."""
        return self.entry if isinstance(self.entry, str) else self.entry[0]

    @property
    def options(self) -> dict[str, Any]:
        """Options of the figure."""
        return {} if isinstance(self.entry, str) else dict(self.entry[1])

    @property
    def name(self) -> str:
        """KIND, or KIND-VALUE of its options, which tells two of a kind apart."""
        values = [k if v is True else v for k, v in self.options.items()]
        words = [re.sub(r"[^\w.]+", "-", str(value)).strip("-") for value in values]
        return "-".join([self.kind, *words])

    @property
    def file(self) -> str:
        """Name of the file: that of the figure, and .png or .gif."""
        return self.name + Path(file_name(self.kind)).suffix

    @property
    def caption(self) -> str:
        """What the figure shows, and its options."""
        if self.name in CAPTIONS:
            return CAPTIONS[self.name]
        options = ", ".join(f"{k} {v}" for k, v in self.options.items())
        return FIGURES[self.kind][1] + (f" ({options})" if options else "")


def figure_files(experiment: Experiment) -> list[FigureFile]:
    """Return the figures of an experiment's folder, in their order."""
    return [FigureFile(entry) for entry in experiment.figures]
