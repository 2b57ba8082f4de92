"""Transforms of images: augmentations and corruptions."""
