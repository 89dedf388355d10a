"""Start-up: the process, its hooks into LocalStack, the entry points, and the introspection endpoint."""
