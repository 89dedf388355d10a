"""The SQL of the appointment service."""
