"""Billing: patients' accounts, invoices for what happened to appointments, payments, and a double-entry ledger."""
