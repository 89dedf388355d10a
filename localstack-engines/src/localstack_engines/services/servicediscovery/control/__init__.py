"""What Cloud Map does between its API and its engine."""
