"""Names of types that many signatures share."""

from typing import Any

# One of the engine's: which it is, and what its methods return, Keras leaves open.
Tensor = Any
# (height, width, channels).
ImageShape = tuple[int, int, int]
