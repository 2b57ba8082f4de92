"""Run folders and checkpoints, written and read safely."""
