"""What really runs behind Lambda. Knows nothing of AWS's API."""
