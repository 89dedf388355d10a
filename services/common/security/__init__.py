"""Who is asking: tokens, keys, principals."""
