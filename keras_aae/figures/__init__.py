"""Figures: functions that draw a model and its data as a matplotlib `Figure`.

`draw` looks one up by name in `keras_aae.registry.FIGURES`; `save` writes one to a
file. matplotlib is imported only when something is drawn.
"""

from keras_aae.figures.menu import draw
from keras_aae.figures.saving import save

__all__ = ["draw", "save"]
