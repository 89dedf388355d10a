"""HTTP: the application, routes, dependencies, middleware and error responses."""
