"""The stacks, one for each concern. A stack puts constructs together."""
