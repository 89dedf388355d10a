"""The executables of a service image."""
