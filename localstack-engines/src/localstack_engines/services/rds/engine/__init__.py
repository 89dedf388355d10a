"""The PostgreSQL servers behind DB instances."""
