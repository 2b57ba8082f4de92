"""Figures: functions from a model and its data to a matplotlib `Figure`."""
