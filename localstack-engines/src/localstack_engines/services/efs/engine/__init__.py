"""The Docker volumes of file systems."""
