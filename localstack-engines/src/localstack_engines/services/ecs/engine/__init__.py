"""Tasks as groups of Docker containers. Nothing in here knows AWS."""
