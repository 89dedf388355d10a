"""Cloud Map: moto keeps the records, this package makes them true and resolvable."""
