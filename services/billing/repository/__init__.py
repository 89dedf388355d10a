"""The SQL of the billing service. Never commits.

`owner` limits a statement to the records of one user; None is for callers who may see all records. Other users' records
are filtered here, so no caller can distinguish them from records that never existed.

A request locks at most one invoice, and after it the invoice's account. The lock of an invoice is also that of its
payments. What takes back a charge locks in the same order. A charge locks only the account, because nobody else sees
its invoice yet; an earlier invoice that it replaces is taken back before. Whoever holds an account waits for nothing
else, except the consumer of registrations: its transaction opens and changes the accounts of several patients, and no
other transaction waits for one while it holds another.
"""
