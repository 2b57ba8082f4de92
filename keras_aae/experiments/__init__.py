"""Recipes: experiments as plain values, the expected numbers beside each."""
