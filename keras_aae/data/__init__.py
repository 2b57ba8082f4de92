"""Images to learn from: one `Dataset` whatever the source."""
