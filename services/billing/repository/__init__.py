"""The SQL of the billing service. Never commits.

`owner` limits a statement to the records of one user; None is for callers who may see all records. Other users' records
are filtered here, so no caller can distinguish them from records that never existed.
"""
