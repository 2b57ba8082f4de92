"""Reconstruction, adversarial and other losses, distances and regularizers."""
