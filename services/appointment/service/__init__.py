"""The use cases of the appointment service and their rules."""
