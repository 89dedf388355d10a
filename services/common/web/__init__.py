"""The HTTP side: the application, its routes, dependencies and error bodies."""
