"""Figures: functions from a model and its data to a matplotlib `Figure`.

`draw` finds one on the menu `keras_aae.registry.FIGURES` by its name, `save` writes one to
a file. matplotlib is imported only when something is drawn.
"""

from keras_aae.figures.menu import draw
from keras_aae.figures.saving import save

__all__ = ["draw", "save"]
