"""Resumable block-wise encoding and decoding of any number of images."""
