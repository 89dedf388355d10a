"""Amazon RDS for PostgreSQL: each DB instance is a PostgreSQL server."""
