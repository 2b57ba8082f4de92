"""Run folders: what a training leaves, safely written and safely read."""
