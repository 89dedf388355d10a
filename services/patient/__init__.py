"""The patient service: patients' records and their history."""
