"""The billing service: patients' accounts, invoices for appointments, payments, and a double-entry ledger."""
