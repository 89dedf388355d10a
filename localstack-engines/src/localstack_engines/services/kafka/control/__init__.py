"""What MSK does between its API and its engine."""
