"""Who the caller is: tokens, keys and principals."""
