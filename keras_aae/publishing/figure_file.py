"""File names and captions of the figures on the results page."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_aae.experiments import Experiment
from keras_aae.figures.menu import file_name
from keras_aae.registry import FIGURES

# Captions where options are unclear or the registry's description is too long.
CAPTIONS = {
    "samples": "images decoded from samples of the prior",
    "samples-gmm": "images decoded from a Gaussian mixture fitted to the codes",
    "scatterplot-3d-untrained": "the same codes before training",
    "latent-sweep-codes": "images decoded on a grid over the range of the codes",
    "latent-sweep-quantile": "images decoded on a grid of quantiles of the prior",
}


@dataclass(frozen=True)
class FigureFile:
    """Figure of the results page.

    Args:
        entry: Key of `registry.FIGURES`, or (key, options).
    """

    entry: str | tuple[str, dict[str, Any]]

    @property
    def kind(self) -> str:
        """Key of the figure in `registry.FIGURES`."""
        return self.entry if isinstance(self.entry, str) else self.entry[0]

    @property
    def options(self) -> dict[str, Any]:
        """Options of the figure."""
        return {} if isinstance(self.entry, str) else dict(self.entry[1])

    @property
    def name(self) -> str:
        """KIND, or KIND-VALUE with its option values, which make the name unique."""
        values = [k if v is True else v for k, v in self.options.items()]
        words = [re.sub(r"[^\w.]+", "-", str(value)).strip("-") for value in values]
        return "-".join([self.kind, *words])

    @property
    def file(self) -> str:
        """Name of the file: the figure's name with .png or .gif."""
        return self.name + Path(file_name(self.kind)).suffix

    @property
    def caption(self) -> str:
        """Caption: content and options of the figure."""
        if self.name in CAPTIONS:
            return CAPTIONS[self.name]
        options = ", ".join(f"{k} {v}" for k, v in self.options.items())
        return FIGURES[self.kind][1] + (f" ({options})" if options else "")


def figure_files(experiment: Experiment) -> list[FigureFile]:
    """Return the figures of an experiment, in order."""
    return [FigureFile(entry) for entry in experiment.figures]
