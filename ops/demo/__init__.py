"""`make demo`: fills the running system with an invented clinic, which is the same every time."""
