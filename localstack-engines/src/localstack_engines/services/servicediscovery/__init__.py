"""AWS Cloud Map: moto keeps the records; this package adds AWS's rules, DNS, and look-ups for the data plane."""
