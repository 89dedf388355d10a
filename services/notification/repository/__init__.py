"""The SQL of the notification service, a module for each table. Never commits."""
