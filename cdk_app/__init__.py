"""The Patient Management System's infrastructure: `stages` composes `stacks`, which hold `constructs`."""
