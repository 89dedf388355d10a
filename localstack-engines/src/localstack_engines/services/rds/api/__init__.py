"""The operations of the RDS API, one module a resource."""
