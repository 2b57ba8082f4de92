"""What real machines do to a training, done on purpose, and counted."""
