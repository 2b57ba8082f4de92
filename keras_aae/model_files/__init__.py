"""`.keras` files, written and read safely."""
