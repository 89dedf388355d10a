"""AWS Cloud Map: moto keeps the records; this package adds AWS's rules, DNS and the view of the data plane."""
