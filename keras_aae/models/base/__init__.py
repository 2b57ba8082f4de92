"""What model families share: the base classes of their models."""
