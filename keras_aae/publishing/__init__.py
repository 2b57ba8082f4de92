"""Published results: recipes trained, evaluated and drawn, and kept while current."""
