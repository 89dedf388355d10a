"""`make demo`: a believable clinic, the same every time, in the running system."""
