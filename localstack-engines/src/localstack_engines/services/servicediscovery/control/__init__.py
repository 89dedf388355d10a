"""Cloud Map for the data plane: instances, their changes, and DNS answers."""
