"""Base classes of the model families."""
