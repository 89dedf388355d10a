"""Amazon RDS for PostgreSQL: every DB instance is a PostgreSQL server of its own."""
