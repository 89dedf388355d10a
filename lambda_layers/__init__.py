"""Lambda layers: one folder each, with its requirements, and what builds them."""
