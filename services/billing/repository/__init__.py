"""The SQL of the billing service. Never commits.

`owner` limits a statement to the records of one user; None is for callers who may see all records. Other users' records
are filtered here, so no caller can distinguish them from records that never existed.

A transaction locks at most one invoice, and after it the invoice's account. A charge locks only the account, because
nobody else sees its invoice yet. A transaction that locks two accounts would have to lock them in the order of their
ids.
"""
