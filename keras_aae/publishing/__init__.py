"""Results: recipes trained, measured and drawn, and kept as long as they are current."""
