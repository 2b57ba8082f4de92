"""`.keras` files, safely written and safely read."""
