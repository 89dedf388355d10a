"""One stack a concern; a stack only puts constructs together."""
