"""Serves Cloud Map to the data plane: instances, their changes, and DNS answers."""
