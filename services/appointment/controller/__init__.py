"""The HTTP interface of the appointment service."""
