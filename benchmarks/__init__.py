"""Seconds, memory and ratios of keras_aae, measured side by side in one run."""
