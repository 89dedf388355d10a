"""The SQL of the billing service. Never commits.

`owner` limits a statement to the records of one user; None is for callers who may see all records. Other users' records
are filtered here, so no caller can distinguish them from records that never existed.

A request locks at most one invoice, and after it the invoice's account. A charge locks only the account, because nobody
else sees its invoice yet. Whoever holds an account waits for nothing else, except the consumer of registrations: its
transaction opens and changes the accounts of several patients, and no other transaction waits for one while it holds
another.
"""
