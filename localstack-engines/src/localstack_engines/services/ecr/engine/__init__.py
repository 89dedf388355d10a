"""The container registry and its storage. Knows nothing of AWS."""
